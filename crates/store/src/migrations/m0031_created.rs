//! When documents were made, kept with each version: the list of campaigns asks for it.

pub(super) const STEP: super::Step = super::Step {
    name: "m0031_created",
    statements: &[
        "ALTER TABLE documents ADD COLUMN created_us BIGINT",
        // The first version after the last one before that deleted the document.
        "UPDATE documents SET created_us = (SELECT MIN(first.written_us) FROM documents AS first \
           WHERE first.kind = documents.kind AND first.name = documents.name AND first.body IS NOT NULL \
             AND first.version > COALESCE((SELECT MAX(gone.version) FROM documents AS gone \
               WHERE gone.kind = documents.kind AND gone.name = documents.name AND gone.body IS NULL \
                 AND gone.version < documents.version), 0)) \
         WHERE body IS NOT NULL",
    ],
};
