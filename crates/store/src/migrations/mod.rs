//! The steps that bring a state database up to date, oldest first. A released step is never edited.

mod m0001_documents;
mod m0002_runs;
mod m0003_deliveries;
mod m0004_consent;
mod m0005_events;

use sea_orm::{ConnectionTrait, DbBackend};
use sea_orm_migration::prelude::{DbErr, MigrationTrait, MigratorTrait, SchemaManager};

/// The list of steps.
pub(crate) struct Migrations;

impl MigratorTrait for Migrations {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_documents::Migration),
            Box::new(m0002_runs::Migration),
            Box::new(m0003_deliveries::Migration),
            Box::new(m0004_consent::Migration),
            Box::new(m0005_events::Migration),
        ]
    }
}

/// Runs data definitions written for both databases: `{bytes}` is the type of a byte string, and `{by_key}` ends a
/// table whose rows are best kept in the order of their primary key.
async fn define(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let (bytes, by_key) = match connection.get_database_backend() {
        DbBackend::Postgres => ("BYTEA", ""),
        _ => ("BLOB", " WITHOUT ROWID"),
    };
    for statement in statements {
        connection.execute_unprepared(&statement.replace("{bytes}", bytes).replace("{by_key}", by_key)).await?;
    }
    Ok(())
}

/// Declares one step: its name in the database's list of steps, its purpose, and its statements.
macro_rules! migration {
    ($name:literal, $($statement:literal),+ $(,)?) => {
        pub(super) struct Migration;

        impl sea_orm_migration::prelude::MigrationName for Migration {
            fn name(&self) -> &str {
                $name
            }
        }

        #[sea_orm_migration::prelude::async_trait::async_trait]
        impl sea_orm_migration::prelude::MigrationTrait for Migration {
            async fn up(
                &self,
                manager: &sea_orm_migration::prelude::SchemaManager,
            ) -> Result<(), sea_orm_migration::prelude::DbErr> {
                super::define(manager, &[$($statement),+]).await
            }
        }
    };
}
use migration;
