//! Files on their way in: streamed to the data directory, bounded, removed when used or given up.

use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::http::StatusCode;
use futures::StreamExt;
use tokio::io::AsyncWriteExt;

use crate::error::Failure;

/// The folder for files that are being taken in.
pub(crate) fn folder(data_dir: &Path) -> PathBuf {
    data_dir.join("uploads")
}

/// Removes what uploads of an earlier process have left.
pub fn remove_left_uploads(data_dir: &Path) -> std::io::Result<()> {
    match std::fs::remove_dir_all(folder(data_dir)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Writes a body to a new file; more than `bytes_max` is refused, and what was written is removed.
pub(crate) async fn receive(
    data_dir: &Path,
    body: Body,
    bytes_max: u64,
) -> Result<(tempfile::NamedTempFile, u64), Failure> {
    let failed = |error: std::io::Error| Failure::internal("data_dir", "the upload could not be written", &error);
    let folder = folder(data_dir);
    std::fs::create_dir_all(&folder).map_err(failed)?;
    let file = tempfile::Builder::new().prefix("up_").rand_bytes(20).tempfile_in(&folder).map_err(failed)?;
    let mut writer = tokio::fs::File::from_std(file.reopen().map_err(failed)?);
    let mut written = 0_u64;
    let mut stream = body.into_data_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|error| {
            Failure::new(StatusCode::BAD_REQUEST, "upload_broken", format!("the upload broke off: {error}"))
        })?;
        written += chunk.len() as u64;
        if written > bytes_max {
            let detail = format!("the upload is larger than {bytes_max} bytes");
            let failure = Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail);
            return Err(failure.hint("the limit is the setting `server.upload_bytes_max`"));
        }
        writer.write_all(&chunk).await.map_err(failed)?;
    }
    writer.flush().await.map_err(failed)?;
    Ok((file, written))
}

/// The file of an upload that was kept.
pub(crate) fn find(data_dir: &Path, upload: &str) -> Result<PathBuf, Failure> {
    let well_formed =
        upload.starts_with("up_") && upload.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let path = folder(data_dir).join(upload);
    if well_formed && path.is_file() { Ok(path) } else { Err(Failure::not_found("upload", upload)) }
}
