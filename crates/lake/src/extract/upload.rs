//! Files to an object store. An object gets its name when it is whole.

use async_recursion::async_recursion as boxed;
use std::path::Path;

use object_store::aws::AmazonS3Builder;
use object_store::path::Path as ObjectPath;
use object_store::{ObjectStore, ObjectStoreExt, WriteMultipart};
use tokio::io::AsyncReadExt;
use url::Url;

use crate::error::{Error, Result};

/// Bytes of one part.
const PART_BYTES: usize = 8 << 20;

/// Parts on their way at once.
const PARTS_AT_ONCE: usize = 4;

/// Where a file goes.
#[derive(Debug)]
pub struct Upload {
    store: Box<dyn ObjectStore>,
    to: ObjectPath,
    shown: String,
}

impl Upload {
    /// To `s3://bucket/name`; `secret` gives what the environment has under the usual names (`AWS_ACCESS_KEY_ID`,
    /// `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_REGION`, `AWS_ENDPOINT_URL`, `AWS_ALLOW_HTTP`).
    ///
    /// # Errors
    /// When the address or the credentials cannot be used.
    pub fn to_address(address: &str, secret: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let bad = |reason: String| Error::Unwritable { file: address.to_owned(), reason };
        let url = Url::parse(address).map_err(|error| bad(error.to_string()))?;
        let bucket = url.host_str().filter(|_| url.scheme() == "s3").ok_or_else(|| {
            bad("its address is none of an object store; write it like `s3://bucket/folder/name.csv`".to_owned())
        })?;
        let mut builder = AmazonS3Builder::new().with_bucket_name(bucket);
        for (name, set) in [
            ("AWS_ACCESS_KEY_ID", AmazonS3Builder::with_access_key_id as fn(_, String) -> _),
            ("AWS_SECRET_ACCESS_KEY", AmazonS3Builder::with_secret_access_key),
            ("AWS_SESSION_TOKEN", AmazonS3Builder::with_token),
            ("AWS_REGION", AmazonS3Builder::with_region),
            ("AWS_ENDPOINT_URL", AmazonS3Builder::with_endpoint),
        ] {
            if let Some(value) = secret(name) {
                builder = set(builder, value);
            }
        }
        builder = builder.with_allow_http(secret("AWS_ALLOW_HTTP").is_some_and(|value| value == "true"));
        let store = builder.build().map_err(|error| bad(error.to_string()))?;
        let to = ObjectPath::from_url_path(url.path()).map_err(|error| bad(error.to_string()))?;
        Ok(Self { store: Box::new(store), to, shown: address.to_owned() })
    }

    /// To a place in any store.
    pub fn to_store(store: Box<dyn ObjectStore>, to: &str) -> Self {
        Self { store, to: ObjectPath::from(to), shown: to.to_owned() }
    }
}

/// Sends a file; what was there under the name is replaced when all of it has arrived.
///
/// # Errors
/// When the file cannot be read or the store does not take it; then nothing is seen there.
#[boxed]
pub async fn upload(path: &Path, upload: &Upload) -> Result<()> {
    let failed =
        |error: object_store::Error| Error::Unwritable { file: upload.shown.clone(), reason: error.to_string() };
    let mut file = tokio::fs::File::open(path).await.map_err(|e| Error::io("open", path, e))?;
    let bytes = file.metadata().await.map_err(|e| Error::io("read", path, e))?.len();
    if bytes <= PART_BYTES as u64 {
        let mut whole = Vec::with_capacity(usize::try_from(bytes).unwrap_or(PART_BYTES));
        file.read_to_end(&mut whole).await.map_err(|e| Error::io("read", path, e))?;
        upload.store.put(&upload.to, whole.into()).await.map_err(failed)?;
        return Ok(());
    }
    let parts = upload.store.put_multipart(&upload.to).await.map_err(failed)?;
    let mut writer = WriteMultipart::new_with_chunk_size(parts, PART_BYTES);
    let mut part = vec![0; PART_BYTES];
    loop {
        let read = match file.read(&mut part).await {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) => {
                writer.abort().await.map_err(failed)?;
                return Err(Error::io("read", path, error));
            }
        };
        writer.wait_for_capacity(PARTS_AT_ONCE).await.map_err(failed)?;
        writer.write(&part[..read]);
    }
    writer.finish().await.map_err(failed)?;
    Ok(())
}
