//! Listening: the socket, who may be asked, and a clean end.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tutti_api::{ApiState, Catcher, HostPolicy, Limits};
use tutti_runner::Workspace;

use crate::failure::{Done, Failure};
use crate::settings::Settings;

/// A socket that is bound and serves nothing yet.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
}

impl Server {
    /// Binds the address. One that others can reach is refused unless the settings allow it.
    pub async fn bind(listen: &str, settings: &Settings) -> Done<Self> {
        let failed = |error: &dyn std::fmt::Display| {
            Failure::new("listen", format!("`{listen}` cannot be listened on: {error}"))
        };
        let addresses: Vec<SocketAddr> =
            tokio::net::lookup_host(with_port(listen)).await.map_err(|error| failed(&error))?.collect();
        if let Some(open) = addresses.iter().find(|address| !address.ip().is_loopback())
            && !settings.server.insecure_listen
        {
            let failure = Failure::new(
                "insecure_listen",
                format!("`{open}` can be reached by others, and there is no sign-in yet"),
            );
            return Err(failure.hint(
                "put something that checks who calls in front and listen on 127.0.0.1, or allow it with the setting `server.insecure_listen` \
                 (TUTTI__SERVER__INSECURE_LISTEN=true)",
            ));
        }
        let listener = TcpListener::bind(&addresses[..]).await.map_err(|error| failed(&error))?;
        let address = listener.local_addr().map_err(|error| failed(&error))?;
        Ok(Self { listener, address })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Serves until `shutdown`, and then ends what is being answered.
    pub async fn serve(
        self,
        workspace: Arc<Workspace>,
        catcher: Option<Catcher>,
        settings: &Settings,
        shutdown: CancellationToken,
    ) -> Done {
        let mut state = ApiState::new(workspace, env!("CARGO_PKG_VERSION"));
        state.catcher = catcher;
        state.limits = Limits {
            body_bytes_max: settings.server.body_bytes_max,
            upload_bytes_max: settings.server.upload_bytes_max,
        };
        state.hosts = if self.address.ip().is_loopback() {
            let public = settings.server.public_url.as_deref().and_then(|url| url::Url::parse(url).ok());
            let public = public.as_ref().and_then(url::Url::host_str).map(str::to_owned);
            HostPolicy::LoopbackAnd { also: settings.server.hosts.iter().cloned().chain(public).collect() }
        } else {
            HostPolicy::Any
        };
        let router = tutti_api::router(state);
        let end = shutdown.clone();
        let serving = axum::serve(self.listener, router).with_graceful_shutdown(async move { end.cancelled().await });
        tokio::select! {
            served = serving.into_future() => served.map_err(|error| Failure::new("serve", format!("serving ended: {error}"))),
            () = late(shutdown) => Ok(()),
        }
    }
}

/// A while after the end was asked for: connections that stay open are not waited for.
async fn late(shutdown: CancellationToken) {
    shutdown.cancelled().await;
    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
}

fn with_port(listen: &str) -> String {
    match listen.parse::<u16>() {
        Ok(port) => format!("127.0.0.1:{port}"),
        Err(_) => listen.to_owned(),
    }
}

/// Resolves at Ctrl-C or SIGTERM. A second one ends the process at once.
pub async fn interrupted() {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).ok();
    let terminated = async {
        match &mut terminate {
            Some(signal) => {
                signal.recv().await;
            }
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
    tokio::spawn(async {
        if tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(130);
        }
    });
}
