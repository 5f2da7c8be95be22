//! Prints the reference of activities, which is `docs/activities.md`.

fn main() {
    print!("{}", tutti_activities::reference::markdown());
}
