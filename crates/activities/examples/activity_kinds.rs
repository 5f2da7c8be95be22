//! Prints what the web app's forms are drawn from, which is `docs/activity-kinds.json`.

fn main() {
    print!("{}", tutti_activities::reference::activity_kinds());
}
