//! The router and the OpenAPI description, both made from the list of operations.

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::handler::Handler;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, on};
use axum::{Extension, Router};
use tower_http::compression::CompressionLayer;
use tracing::Instrument;
use utoipa::openapi::path::{HttpMethod, PathItem};
use utoipa::openapi::{ComponentsBuilder, Info, OpenApi, OpenApiBuilder};
use utoipa::{PartialSchema, ToSchema};

use crate::error::Failure;
use crate::extract::Json;
use crate::problem::ProblemBody;
use crate::state::ApiState;
use crate::{PREFIX, guard, metrics, operations, web_app};

/// Operations as a router and as a description, growing together.
pub(crate) struct Routes {
    prefix: &'static str,
    router: Router<ApiState>,
    description: OpenApi,
}

impl Routes {
    pub fn new(prefix: &'static str) -> Self {
        Self { prefix, router: Router::new(), description: OpenApiBuilder::new().build() }
    }

    /// Adds one operation by what `#[utoipa::path]` says of it; `name` is its id everywhere.
    pub fn add<P, H, T>(mut self, name: &'static str, _operation: P, handler: H) -> Self
    where
        P: utoipa::Path + utoipa::__dev::SchemaReferences,
        H: Handler<T, ApiState>,
        T: 'static,
    {
        let path = P::path();
        for method in P::methods() {
            let answering: MethodRouter<ApiState> = on(filter(&method), handler.clone());
            let observed: MethodRouter<ApiState> = answering.layer(middleware::from_fn(observe));
            let named: MethodRouter<ApiState> = observed.layer(Extension(Name(name)));
            self.router = self.router.route(&path, named);
        }
        let mut operation = P::operation();
        operation.operation_id = Some(name.to_owned());
        let mut schemas = Vec::new();
        P::schemas(&mut schemas);
        let components = self.description.components.get_or_insert_with(|| ComponentsBuilder::new().build());
        components.schemas.extend(schemas);
        let at = format!("{}{path}", self.prefix);
        for method in P::methods() {
            let item = PathItem::new(method, operation.clone());
            match self.description.paths.paths.get_mut(&at) {
                Some(existing) => existing.merge_operations(item),
                None => {
                    self.description.paths.paths.insert(at.clone(), item);
                }
            }
        }
        self
    }
}

/// The whole server.
pub fn router(state: ApiState) -> Router {
    let body_limit = DefaultBodyLimit::max(state.limits.body_bytes_max);
    let api = operations::api(Routes::new(PREFIX)).router;
    let outside = operations::outside(Routes::new("")).router;
    let api = api
        .route("/openapi.json", axum::routing::get(async || Json(openapi())))
        .fallback(async |request: Request| Failure::not_found("operation", request.uri().path()))
        .layer(middleware::from_fn(guard::api_headers));
    Router::new()
        .nest(PREFIX, api)
        .merge(outside)
        .fallback(web_app::serve)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(body_limit)
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(state.clone(), guard::check))
        .with_state(state)
}

/// The description of the API (OpenAPI 3.1).
pub fn openapi() -> OpenApi {
    let mut description = operations::api(Routes::new(PREFIX)).description;
    // What every operation can answer with is not collected from the operations.
    let mut schemas = vec![(ProblemBody::name().into_owned(), ProblemBody::schema())];
    ProblemBody::schemas(&mut schemas);
    description.components.get_or_insert_with(|| ComponentsBuilder::new().build()).schemas.extend(schemas);
    description.info = Info::builder()
        .title("Tutti")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("Campaigns on linked tables: documents, questions, runs, the ledger and caught mails."))
        .build();
    description
}

/// The name of the operation that answers a request.
#[derive(Clone, Copy)]
struct Name(&'static str);

/// Names the operation in the log and counts it.
async fn observe(
    Extension(Name(name)): Extension<Name>,
    metrics: Extension<metrics::Shared>,
    request: Request,
    next: Next,
) -> Response {
    let timer = metrics.start(name);
    let span = tracing::info_span!("operation", name);
    let response = next.run(request).instrument(span).await;
    timer.stop(response.status());
    response
}

async fn method_not_allowed(State(_): State<ApiState>, request: Request) -> Failure {
    let detail = format!("`{}` does not take {}", request.uri().path(), request.method());
    Failure::new(axum::http::StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
}

fn filter(method: &HttpMethod) -> MethodFilter {
    match method {
        HttpMethod::Get => MethodFilter::GET,
        HttpMethod::Post => MethodFilter::POST,
        HttpMethod::Put => MethodFilter::PUT,
        HttpMethod::Delete => MethodFilter::DELETE,
        HttpMethod::Options => MethodFilter::OPTIONS,
        HttpMethod::Head => MethodFilter::HEAD,
        HttpMethod::Patch => MethodFilter::PATCH,
        HttpMethod::Trace => MethodFilter::TRACE,
    }
}
