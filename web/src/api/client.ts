import type { Problem, ProblemItem } from '@/api/types';

const PREFIX = '/api/v1';

/** An answer that was not a success: the server's problem document, or none if it did not speak. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly items: ProblemItem[];

  constructor(status: number, problem: Problem, cause?: unknown) {
    super(problem.detail ?? problem.title ?? 'The server did not answer as expected.', { cause });
    this.name = 'ApiError';
    this.status = status;
    this.code = problem.code ?? (status === 0 ? 'unreachable' : `http_${status}`);
    this.items = problem.errors ?? [];
  }
}

type QueryValue = string | number | boolean | undefined;

/** Path below `/api/v1` with a query string; empty and undefined values are left out. */
export function apiPath(path: string, query: Record<string, QueryValue> = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return `${PREFIX}${path}${text === '' ? '' : `?${text}`}`;
}

export async function apiGet<T>(
  path: string,
  query?: Record<string, QueryValue>,
  signal?: AbortSignal,
): Promise<T> {
  return request<T>(apiPath(path, query), { signal: signal ?? null });
}

/** A part of a list, and how much there is in all parts together. */
export interface Page<T> {
  items: T[];
  total: number;
}

export async function apiGetPage<T>(
  path: string,
  query: Record<string, QueryValue>,
  signal?: AbortSignal,
): Promise<Page<T>> {
  const response = await answerOf(apiPath(path, query), { signal: signal ?? null });
  const items = (await response.json()) as T[];
  return { items, total: Number(response.headers.get('x-total-count') ?? items.length) };
}

export async function apiPost<T>(path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  return send<T>('POST', path, body, signal);
}

export async function apiPut<T>(path: string, body: unknown): Promise<T> {
  return send<T>('PUT', path, body);
}

export async function apiDelete(path: string, query?: Record<string, QueryValue>): Promise<void> {
  await request<unknown>(apiPath(path, query), { method: 'DELETE' });
}

function send<T>(method: string, path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  return request<T>(apiPath(path), {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body ?? {}),
    signal: signal ?? null,
  });
}

async function request<T>(url: string, init: RequestInit): Promise<T> {
  const text = await (await answerOf(url, init)).text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** An answer that is a success. */
async function answerOf(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, {
      ...init,
      headers: { accept: 'application/json', ...init.headers },
    });
  } catch (cause) {
    if (init.signal?.aborted === true) throw cause;
    throw new ApiError(0, { detail: 'The server cannot be reached.' }, cause);
  }
  if (!response.ok) throw new ApiError(response.status, await problemOf(response));
  return response;
}

async function problemOf(response: Response): Promise<Problem> {
  const fallback: Problem = { title: `${response.status} ${response.statusText}`.trim() };
  try {
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null ? (body as Problem) : fallback;
  } catch {
    return fallback;
  }
}
