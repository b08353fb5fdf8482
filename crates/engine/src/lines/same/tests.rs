use serde_json::json;

use super::is_same;

#[test]
fn a_text_is_the_same_if_it_says_the_same() {
    let value = json!({"a": [1, -2, 0.5, "\u{e5}", null, true], "b": {}, "c": [[]]});
    let same = |text: &str| is_same(text, &value);
    assert!(same(&value.to_string()));
    assert!(same(r#" { "c":[ []], "b":{},"a":[1,-2,0.5,"\u00e5",null,true] } "#));
    for other in [
        r#"{"a":[1,-2,0.5,"å",null,true],"b":{}}"#,
        r#"{"a":[1,-2,0.5,"å",null,true],"b":{},"c":[[]],"d":0}"#,
        r#"{"a":[1,-2,0.5,"å",null,true],"b":{},"b":{},"c":[[]]}"#,
        r#"{"a":[1,-2,0.5,"å",null],"b":{},"c":[[]]}"#,
        r#"{"a":[1,-2,0.5,"å",null,true,1],"b":{},"c":[[]]}"#,
        r#"{"a":[1,2,0.5,"å",null,true],"b":{},"c":[[]]}"#,
        r#"{"a":[1,-2,0.5,"a",null,true],"b":{},"c":[[]]}"#,
        r#"{"a":[1,-2,0.5,"å",false,true],"b":{},"c":[[]]}"#,
        r#"{"a":[1,-2,0.5,"å",null,true],"b":[],"c":[[]]}"#,
        r#"{"a":[1,-2,0.5,"å",null,true],"b":{},"c":[{}]}"#,
        r#"{"a":[1,-2,0.5,"å",null,true],"b":{},"c":[[]]}}"#,
        r#"{"a":[1,-2,0.5,"å",null,true],"b":{},"c":[[]"#,
        "",
    ] {
        assert!(!same(other), "{other}");
    }
}
