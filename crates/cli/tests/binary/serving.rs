//! An `arende` that serves: what it printed, and what it answers.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};

/// A process that serves, ended when it is dropped.
pub(crate) struct Serving {
    child: Child,
    pub(crate) address: String,
    /// What it printed up to the line that `until` names.
    pub(crate) said: String,
}

impl Serving {
    /// Starts it, and waits until it has printed a line that starts with `until`.
    pub(crate) fn start(args: &[&str], until: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_arende"));
        command.args(args).env("ARENDE_LOG", "warn").env_remove("ARENDE_MASTER_KEY");
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        let mut line = String::new();
        while output.read_line(&mut line).unwrap() > 0 {
            said.push_str(&line);
            if line.starts_with(until) {
                break;
            }
            line.clear();
        }
        let address = said.split_whitespace().find(|it| it.starts_with("http://"));
        let address = address.unwrap_or_else(|| panic!("no address in:\n{said}")).to_owned();
        Self { child, address, said }
    }

    /// Tells it to stop, and waits; the exit code.
    pub(crate) fn stop(mut self) -> i32 {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.child.wait().unwrap().code().unwrap()
    }

    /// The token behind the line that starts with `role`.
    pub(crate) fn token(&self, role: &str) -> String {
        let mut lines = self.said.lines().skip_while(|it| !it.starts_with(role)).skip(1);
        lines.next().unwrap_or_else(|| panic!("no token for {role}")).to_owned()
    }

    pub(crate) fn ask(&self, token: &str, query: &str, variables: Value) -> Value {
        let url = format!("{}/graphql", self.address);
        let request = ureq::post(url).header("authorization", format!("Bearer {token}"));
        let body = json!({ "query": query, "variables": variables });
        request.send_json(body).unwrap().body_mut().read_json().unwrap()
    }

    /// The data of an answer without errors.
    pub(crate) fn data(&self, token: &str, query: &str, variables: Value) -> Value {
        let mut answer = self.ask(token, query, variables);
        assert_eq!(answer["errors"], Value::Null, "{query}");
        answer["data"].take()
    }

    /// What became of the command `name`, which must not be refused.
    pub(crate) fn command(&self, token: &str, name: &str, input: Value) -> Value {
        let input_type = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
        let query = format!(
            "mutation M($input: {input_type}!) {{ {name}(input: $input) {{
                case {{ id state }} event {{ type }} position userErrors {{ code message }} }} }}"
        );
        let mut payload = self.data(token, &query, json!({ "input": input }))[name].take();
        assert_eq!(payload["userErrors"].take(), json!([]), "{name}");
        payload
    }

    /// What a GET of `path` answers.
    pub(crate) fn get(&self, path: &str, accept: &str) -> String {
        let request = ureq::get(format!("{}{path}", self.address)).header("accept", accept);
        request.call().unwrap().body_mut().with_config().limit(32 << 20).read_to_string().unwrap()
    }

    /// A subscription over server-sent events: its answers, as they come.
    pub(crate) fn watch(
        &self,
        token: &str,
        query: &str,
        variables: Value,
    ) -> impl Iterator<Item = Value> + use<> {
        let request = ureq::post(format!("{}/graphql", self.address))
            .header("authorization", format!("Bearer {token}"))
            .header("accept", "text/event-stream")
            .config()
            .timeout_global(Some(Duration::from_mins(1)))
            .build();
        let body = json!({ "query": query, "variables": variables });
        let response = request.send_json(body).unwrap();
        let lines = BufReader::new(response.into_body().into_reader()).lines();
        lines
            .map_while(Result::ok)
            .filter_map(|line| line.strip_prefix("data: ").map(str::to_owned))
            .map(|data| serde_json::from_str(&data).unwrap())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Ended already, where it was stopped.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
