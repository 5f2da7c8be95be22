//! Signals: somebody, or the end of another campaign, runs a campaign with values of its parameters.

use async_recursion::async_recursion as boxed;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tutti_model::campaign::{Campaign, FILE_VARIABLE};
use tutti_model::date_math::Moment;
use tutti_model::problem::Problem;
use tutti_model::schedule::{SignalParameter, SignalSource};
use tutti_model::table::ColumnType;
use tutti_model::value::Literal;
use tutti_store::{Kept, Launch, NewLaunch, SIGNAL};

use super::plan::{SignalRule, signal_rule, signals_come_now, zone};
use super::state_of;
use crate::error::{Error, Result};
use crate::workspace::Workspace;

/// The longest key that a caller may give, in bytes.
const KEY_BYTES_MAX: usize = 200;

/// Refuses a key that a caller cannot give.
pub(crate) fn check_key(key: &str) -> Result<()> {
    if key.is_empty() || key.len() > KEY_BYTES_MAX {
        let message = format!("an idempotency key is a text of 1 to {KEY_BYTES_MAX} bytes");
        return Err(Error::refused("bad_key", message));
    }
    Ok(())
}

/// A signal of a caller.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignalRequest {
    #[serde(default)]
    pub variables: Map<String, Value>,
    /// A second signal with the same key is the first one again.
    #[serde(default)]
    pub idempotency_key: Option<String>,
}

/// What became of a signal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignalAnswer {
    pub launch: String,
    /// `started`, `queued` behind a run that is going, `waiting` for the launcher, or `skipped`.
    pub state: String,
    /// Why it was skipped: `overlap`, `suspended`, `not_live` or `invalid`.
    pub reason: Option<String>,
    /// What was wrong, where it was skipped for that.
    pub detail: Option<String>,
    pub run: Option<String>,
    /// The values that the run has.
    pub variables: Value,
}

impl From<Launch> for SignalAnswer {
    fn from(launch: Launch) -> Self {
        Self {
            launch: launch.launch.id,
            state: launch.state,
            reason: launch.reason,
            detail: launch.detail,
            run: launch.run,
            variables: launch.launch.variables,
        }
    }
}

impl Workspace {
    /// Takes a caller's signal: at most one per throttle time of the campaign.
    #[boxed]
    pub async fn signal_campaign(&self, campaign: &str, request: &SignalRequest) -> Result<SignalAnswer> {
        let key = request.idempotency_key.as_deref();
        key.map_or(Ok(()), check_key)?;
        self.take_signal(campaign, &request.variables, key.map(|key| format!("signal/{key}")), SIGNAL).await
    }

    /// Takes the signal that the end of another campaign gives. `idempotency_key` names the run and the activity, so
    /// that doing the activity twice signals once. It is not throttled: the run before it was.
    #[boxed]
    pub async fn signal(
        &self,
        campaign: &str,
        variables: &Map<String, Value>,
        idempotency_key: &str,
    ) -> Result<SignalAnswer> {
        self.take_signal(campaign, variables, Some(format!("chain/{idempotency_key}")), "chain").await
    }

    async fn take_signal(
        &self,
        campaign: &str,
        variables: &Map<String, Value>,
        key: Option<String>,
        cause: &str,
    ) -> Result<SignalAnswer> {
        // The newest version says whether there is such a campaign at all.
        self.find_campaign(campaign).await?;
        // A repetition is answered as the first one was, whatever has changed since.
        if let Some(key) = &key
            && let Some(known) = self.store.launches().by_key(campaign, key).await?
        {
            return self.met(known).await;
        }
        let stored = self.store.campaigns().get(campaign).await?;
        let (document, _) = self.campaign_in_force(&stored).await?;
        let Some(rule) = signal_rule(&document) else {
            let message = format!("the campaign `{campaign}` takes no signals");
            return Err(Error::refused_with("no_signals", message, "its schedule is not of the type `signal`"));
        };
        let now = self.clock.now();
        let catalog = self.catalog().await?;
        if !signals_come_now(&document, &catalog, now) {
            let message = format!("the campaign `{campaign}` takes no signals today");
            return Err(Error::refused_with("not_open", message, "its schedule has `from`, `until` or holidays"));
        }
        let values = resolve(&document, &rule, variables, &Moment::new(now, zone(&document)))?;
        let id = self.launch_id();
        let launch = NewLaunch {
            key: key.unwrap_or_else(|| format!("signal/{id}")),
            id,
            campaign: campaign.to_owned(),
            cause: cause.to_owned(),
            due_us: now.as_microsecond(),
            variables: json!(values),
        };
        let throttle_us = rule.throttle_us.filter(|_| cause == SIGNAL);
        let live = |stored: &tutti_store::Campaign| {
            state_of(stored).is_ok_and(tutti_engine::campaign::CampaignState::takes_launches)
        };
        let launch = match self.store.launches().add(launch, throttle_us, now.as_microsecond(), live).await? {
            Kept::Before(launch) => return self.met(launch).await,
            Kept::New(launch) => launch,
            Kept::Throttled { until_us } => {
                let wait_us = u64::try_from(until_us - now.as_microsecond()).unwrap_or_default();
                return Err(Error::Throttled {
                    message: format!("the campaign `{campaign}` has just been signalled"),
                    retry_after_s: wait_us.div_ceil(1_000_000),
                });
            }
            Kept::Refused(stored) => {
                let message = format!("the campaign `{campaign}` is {} and takes no signals", stored.state);
                let hint = match stored.state.as_str() {
                    "draft" => "publish it; `tutti run CAMPAIGN --test --set NAME=VALUE` tries a draft",
                    "publishing" => "wait until it is published",
                    _ => "duplicate it and publish the copy",
                };
                return Err(Error::refused_with("not_live", message, hint));
            }
        };
        self.met(launch).await
    }

    /// What becomes of a signal's launch, which is met at once: also where whoever took the signal before has died
    /// between the two.
    async fn met(&self, launch: Launch) -> Result<SignalAnswer> {
        if launch.state != "waiting" {
            return Ok(launch.into());
        }
        let settled = self.settle_launch(launch.clone()).await?;
        self.wake();
        let now = match settled {
            Some(settled) => Some(settled),
            None => self.store.launches().get(&launch.launch.id).await?,
        };
        Ok(now.unwrap_or(launch).into())
    }
}

/// What is wrong with the values of a signal for the version that is to run with them: they may have come without a
/// caller who could be told, or for an earlier version.
pub(super) fn wrong_values(campaign: &Campaign, values: &Value, moment: &Moment) -> Vec<Problem> {
    let (Some(rule), Some(values)) = (signal_rule(campaign), values.as_object()) else { return Vec::new() };
    match resolve(campaign, &rule, values, moment) {
        Err(Error::Problems { problems, .. }) => problems,
        _ => Vec::new(),
    }
}

/// A value that nobody declared, as the text that it is taken as; the problem, where it cannot be.
pub(crate) fn as_text(name: &str, value: &Value, problems: &mut Vec<Problem>) -> Option<Value> {
    match value {
        Value::String(text) => Some(Value::from(text.as_str())),
        Value::Array(_) | Value::Object(_) => {
            let message =
                format!("`{name}` is not declared, and only a text, a number or a boolean can be taken as text");
            problems.push(Problem::error("bad_value", pointer(name), message));
            None
        }
        other => Some(Value::from(other.to_string())),
    }
}

/// The values of a signal's parameters, with their defaults, and of variables of the campaign that it gives. What nobody
/// declared is taken as text; without a value it is as if it were not there.
pub(super) fn resolve(
    campaign: &Campaign,
    rule: &SignalRule<'_>,
    given: &Map<String, Value>,
    moment: &Moment,
) -> Result<Map<String, Value>> {
    let mut problems = Vec::new();
    let mut values = Map::new();
    let declared = campaign.declared_variables();
    for parameter in rule.parameters {
        let given = given.get(&parameter.name).filter(|value| !value.is_null());
        let own = || declared.get(&parameter.name)?.value.as_ref();
        match given.or_else(own).or(parameter.default.as_ref()) {
            Some(value) => match typed(parameter, value, moment) {
                Ok(()) => drop(values.insert(parameter.name.clone(), value.clone())),
                Err(message) => problems.push(Problem::error("bad_value", pointer(&parameter.name), message)),
            },
            None => {
                let message = format!("the parameter `{}` has no value", parameter.name);
                let hint = "give it one, or a `default` in the schedule";
                problems.push(Problem::error("missing_parameter", pointer(&parameter.name), message).hint(hint));
            }
        }
    }
    let by_file = matches!(rule.on, Some(SignalSource::File(_)));
    let no_file = given.get(FILE_VARIABLE).is_none_or(Value::is_null) && !values.contains_key(FILE_VARIABLE);
    if by_file && no_file {
        let message = format!("the signal names no `{FILE_VARIABLE}`");
        let hint = "give the name of a file, as from the folder for files";
        problems.push(Problem::error("missing_parameter", pointer(FILE_VARIABLE), message).hint(hint));
    }
    for (name, value) in given {
        if rule.parameters.iter().any(|parameter| parameter.name == *name) {
            continue;
        }
        if let Some(own) = declared.get(name).filter(|own| own.data_type != ColumnType::String) {
            match own.with_value(value, moment) {
                Ok(_) => drop(values.insert(name.clone(), value.clone())),
                Err(reason) => {
                    let message = format!("the variable `{name}` is {}: {reason}", own.data_type);
                    problems.push(Problem::error("bad_value", pointer(name), message));
                }
            }
            continue;
        }
        let text = if value.is_null() { None } else { as_text(name, value, &mut problems) };
        values.extend(text.map(|text| (name.clone(), text)));
    }
    if problems.is_empty() {
        return Ok(values);
    }
    Err(Error::Problems { what: format!("the signal to `{}` was not taken", campaign.name), problems })
}

fn typed(parameter: &SignalParameter, value: &Value, moment: &Moment) -> Result<(), String> {
    match Literal::of_type(value, parameter.parameter_type, moment) {
        Ok(_) => Ok(()),
        Err(reason) => Err(format!("the parameter `{}` is {}: {reason}", parameter.name, parameter.parameter_type)),
    }
}

fn pointer(name: &str) -> String {
    tutti_model::problem::join_pointer("/variables", name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter(name: &str, parameter_type: ColumnType, default: Option<Value>) -> SignalParameter {
        SignalParameter { name: name.to_owned(), parameter_type, default, test_value: Some(json!("Lyon")) }
    }

    fn problems(result: Result<Map<String, Value>>) -> Vec<Problem> {
        match result {
            Err(Error::Problems { problems, .. }) => problems,
            other => panic!("no problems: {other:?}"),
        }
    }

    #[test]
    fn parameters_are_typed_and_others_are_text() {
        let moment = Moment::utc("2026-06-01T00:00:00Z".parse().unwrap());
        let value = json!({"canvas": {"activities": [{"id": "a", "type": "end"}]}});
        let campaign = Campaign::read("c", &value, &mut Vec::new()).unwrap();
        let parameters =
            [parameter("city", ColumnType::String, None), parameter("least", ColumnType::Integer, Some(json!(3)))];
        let rule = SignalRule { parameters: &parameters, throttle_us: None, on: None };
        let ask = |given: Value| resolve(&campaign, &rule, given.as_object().unwrap(), &moment);
        let values = ask(json!({"city": "Lyon", "source": 7, "fast": true, "nothing": null})).unwrap();
        assert_eq!(Value::Object(values), json!({"city": "Lyon", "least": 3, "source": "7", "fast": "true"}));
        let found = problems(ask(json!({"least": "many", "what": {}})));
        let found: Vec<_> = found.iter().map(|problem| (problem.code.as_str(), problem.pointer.as_str())).collect();
        assert_eq!(
            found,
            [
                ("missing_parameter", "/variables/city"),
                ("bad_value", "/variables/least"),
                ("bad_value", "/variables/what")
            ],
        );
    }
    #[test]
    fn values_are_of_the_declared_types() {
        let moment = Moment::utc("2026-06-01T00:00:00Z".parse().unwrap());
        let value = json!({
            "variables": {"budget": {"type": "decimal(8,2)", "value": "1.50"}, "note": "none"},
            "canvas": {"activities": [{"id": "a", "type": "end"}]},
        });
        let campaign = Campaign::read("c", &value, &mut Vec::new()).unwrap();
        let amount = ColumnType::Decimal { precision: 8, scale: 2 };
        let parameters =
            [parameter("n", ColumnType::Integer, Some(json!(1))), parameter("amount", amount, Some(json!("0.50")))];
        let rule = SignalRule { parameters: &parameters, throttle_us: None, on: None };
        let ask = |given: Value| resolve(&campaign, &rule, given.as_object().unwrap(), &moment);
        for given in [
            json!({"n": "7"}),
            json!({"n": 7, "amount": 12.25}),
            json!({"amount": "1e3"}),
            json!({"budget": "2.5"}),
            json!({"budget": null}),
        ] {
            assert!(ask(given.clone()).is_ok(), "{given}");
        }
        let values = ask(json!({"budget": null, "note": null, "other": null})).unwrap();
        assert_eq!(Value::Object(values), json!({"n": 1, "amount": "0.50", "budget": null}), "no text says null");
        for (given, at) in [
            (json!({"n": "1.5"}), "/variables/n"),
            (json!({"n": 1.5}), "/variables/n"),
            (json!({"n": "99999999999999999999"}), "/variables/n"),
            (json!({"amount": "1.234"}), "/variables/amount"),
            (json!({"amount": "1234567.5"}), "/variables/amount"),
            (json!({"amount": "1e7"}), "/variables/amount"),
            (json!({"budget": 1.239}), "/variables/budget"),
        ] {
            let found = problems(ask(given.clone()));
            let found: Vec<_> = found.iter().map(|problem| (problem.code.as_str(), problem.pointer.as_str())).collect();
            assert_eq!(found, [("bad_value", at)], "{given}");
        }
    }
}
