//! The steps that bring a state database up to date, oldest first. A released step is never edited.

mod m0001_documents;
mod m0002_runs;
mod m0003_deliveries;
mod m0004_consent;
mod m0005_events;
mod m0006_campaigns;
mod m0009_marks;
mod m0010_drafts;
mod m0011_answers;
mod m0014_comments;
mod m0015_history;
mod m0020_due;
mod m0021_take_overs;
mod m0026_skipped;
mod m0028_campaign_life;
mod m0030_trouble;
mod m0031_created;
mod m0036_favorites;
mod m0037_records;

use sea_orm::{ConnectionTrait, DbBackend};
use sea_orm_migration::prelude::{
    DbErr, MigrationName, MigrationTrait, MigratorTrait, SchemaManager, async_trait::async_trait,
};

/// The list of steps.
pub(crate) struct Migrations;

impl MigratorTrait for Migrations {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_documents::STEP),
            Box::new(m0002_runs::STEP),
            Box::new(m0003_deliveries::STEP),
            Box::new(m0004_consent::STEP),
            Box::new(m0005_events::STEP),
            Box::new(m0006_campaigns::STEP),
            Box::new(m0009_marks::STEP),
            Box::new(m0010_drafts::STEP),
            Box::new(m0011_answers::STEP),
            Box::new(m0014_comments::STEP),
            Box::new(m0015_history::STEP),
            Box::new(m0020_due::STEP),
            Box::new(m0021_take_overs::STEP),
            Box::new(m0026_skipped::STEP),
            Box::new(m0028_campaign_life::STEP),
            Box::new(m0030_trouble::STEP),
            Box::new(m0031_created::STEP),
            Box::new(m0036_favorites::STEP),
            Box::new(m0037_records::STEP),
        ]
    }
}

/// One step: its name in the database's list of steps, and its data definitions.
///
/// They are written for both databases: `{bytes}` is the type of a byte string, and `{by_key}` ends a table whose rows
/// are best kept in the order of their primary key.
struct Step {
    name: &'static str,
    statements: &'static [&'static str],
}

impl MigrationName for Step {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait]
impl MigrationTrait for Step {
    #[expect(
        elided_lifetimes_in_paths,
        reason = "the trait's own signature, which the macro would not match otherwise"
    )]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let (bytes, by_key) = match connection.get_database_backend() {
            DbBackend::Postgres => ("BYTEA", ""),
            _ => ("BLOB", " WITHOUT ROWID"),
        };
        for statement in self.statements {
            connection.execute_unprepared(&statement.replace("{bytes}", bytes).replace("{by_key}", by_key)).await?;
        }
        Ok(())
    }
}
