//! docs/region.py sets up a region through the API alone, as the guide beside it says, and lets
//! cases flow through it.

use std::{path::Path, process::Command};

use crate::{running::Desk, serving::Serving};

#[test]
fn a_region_is_set_up_by_the_script_of_the_guide() {
    let desk = Desk::new();
    let data = desk.data();
    let begin = ["serve", "--data", &data, "--new", "--dev", "--listen", "127.0.0.1:0"];
    let served = Serving::start(&begin, "serving");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/region.py");
    let run = || {
        let mut command = Command::new("python3");
        command.arg(&script).args(["--data", &data, "--url", &served.address]);
        command.args(["--arende", env!("CARGO_BIN_EXE_arende")]).output()
    };
    let Ok(output) = run() else {
        eprintln!("skipped: there is no python3 to run the script with");
        return;
    };
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    for line in [
        "3 divisions, 12 units, 60 members of staff",
        "Vårdcentralen Almen has 3 certificates to choose from",
        "Vårdcentralen Björken has 8 certificates to choose from",
        "connected units      10 of 10",
        "base offering        79 of 80 (99 %)",
        "Vårdcentralen Björken lacks renew_prescription",
        "base offering        80 of 80 (100 %)",
        "asked again as of the moment before",
        "a guardian of 13-year-old Olle is refused: guardians act until the 13th birthday",
        "Petra may send 0 types for Olle",
        "Ylva's case is CLOSED",
        "Petra sees 1 case",
        "Olle sees 1 case",
    ] {
        assert!(said.contains(line), "no `{line}` in:\n{said}");
    }
    assert_eq!(served.stop(), 0);
}
