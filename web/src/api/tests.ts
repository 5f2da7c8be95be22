import { useMutation, useQueries } from '@tanstack/react-query';
import { apiGet, apiPost } from '@/api/client';
import { useDocuments } from '@/api/documents';
import { fetchDraft } from '@/api/drafts';

/** What a test of a campaign says, as far as the app reads it. */
export interface TestDocument {
  kind: 'test';
  name: string;
  label?: string;
  campaign: string;
  alongside?: string[];
  steps?: Record<string, unknown>[];
}
export interface TestFailure {
  code: string;
  /** A JSON pointer into the test. */
  pointer: string;
  message: string;
  hint: string | null;
  line: number | null;
}
export interface TestResult {
  test: string;
  campaign: string;
  passed: boolean;
  elapsed_ms: number;
  /** The time that passed in the test, in the campaign's zone. */
  simulated: { from: string; until: string };
  failures: TestFailure[];
  runs: { started_at: string; state: string; error: string | null }[];
}

/** The tests that are stored, with what they say. */
export function useTests() {
  const heads = useDocuments('test');
  const bodies = useQueries({
    queries: (heads.data ?? []).map(({ name, version }) => ({
      queryKey: ['documents', 'test', name, version],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        apiGet<TestDocument>(`/documents/test/${encodeURIComponent(name)}`, {}, signal),
      staleTime: Infinity,
    })),
  });
  const failed = bodies.find(({ isError }) => isError);
  return {
    tests: bodies.flatMap(({ data }) => (data === undefined ? [] : [data])),
    isPending: heads.isPending || bodies.some(({ isPending }) => isPending),
    error: heads.error ?? failed?.error ?? null,
    refetch: () => {
      void heads.refetch();
      for (const body of bodies) if (body.isError) void body.refetch();
    },
  };
}

/** Runs tests of a campaign as it stands on the canvas, its draft included. Nothing is stored and nothing is sent. */
export function useRunTests(campaign: string) {
  return useMutation({
    mutationFn: async (tests: string[]) => {
      const { document } = await fetchDraft(campaign);
      const file = { path: `${campaign}.json`, text: JSON.stringify(document) };
      return apiPost<TestResult[]>('/tests', { files: [file], tests });
    },
  });
}
