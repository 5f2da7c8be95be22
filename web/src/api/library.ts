/** Templates, comments, bundles, bulk actions, views and the calendar. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { apiDelete, apiGet, apiPost, apiPut } from '@/api/client';
import { applyDocuments, refreshCampaigns } from '@/api/documents';
import type { CampaignDocument, ProblemItem } from '@/api/types';

export interface PictureOf {
  activities: { id: string; type: string; label?: string | null }[];
  transitions: { from: string; to: string }[];
}
export interface TemplateHead {
  name: string;
  label: string | null;
  description: string | null;
  tags: string[];
  folder: string | null;
  built_in: boolean;
  version: number;
  parameters: number;
  picture: PictureOf;
}
export interface Candidate {
  value: string;
  label: string | null;
  detail: string | null;
}
/** What is chosen for a parameter of a template. */
export interface Chosen {
  name: string;
  type: string;
  label: string | null;
  description: string | null;
  value: unknown;
  how: 'given' | 'default' | 'only_one' | 'to_choose';
  candidates: Candidate[];
}
export interface Template extends TemplateHead {
  chosen: Chosen[];
  checklist: string[];
}
export interface Creation {
  campaign: string;
  created: boolean;
  chosen: Chosen[];
  to_choose: string[];
  problems: ProblemItem[];
  checklist: string[];
}
export interface CreateRequest {
  name: string;
  label?: string;
  values: Record<string, unknown>;
}

const path = (name: string) => encodeURIComponent(name);

export function useTemplates() {
  return useQuery({
    queryKey: ['templates'],
    queryFn: ({ signal }) => apiGet<TemplateHead[]>('/templates', {}, signal),
  });
}

export function useTemplate(name: string) {
  return useQuery({
    queryKey: ['templates', name],
    queryFn: ({ signal }) => apiGet<Template>(`/templates/${path(name)}`, {}, signal),
  });
}

/** What would be made with these values; the answer before is shown while the next is on its way. */
export function useFilledTemplate(template: string, request: CreateRequest) {
  return useQuery({
    queryKey: ['templates', template, 'filled', request],
    queryFn: ({ signal }) =>
      apiPost<Creation>(
        `/templates/${path(template)}/campaigns`,
        { ...request, dry_run: true },
        signal,
      ),
    placeholderData: (former) => former,
    retry: false,
    gcTime: 0,
  });
}

export function useCreateFromTemplate(template: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: CreateRequest) =>
      apiPost<Creation>(`/templates/${path(template)}/campaigns`, request),
    onSuccess: () => refreshCampaigns(client),
  });
}

export function useCopyAsTemplate(campaign: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (copy: { name: string; label: string }) =>
      apiPost<unknown>(`/campaigns/${path(campaign)}/template`, copy),
    onSuccess: () => client.invalidateQueries({ queryKey: ['templates'] }),
  });
}

export function useDeleteTemplate() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => apiDelete(`/documents/template/${path(name)}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['templates'] }),
  });
}

export interface Comment {
  id: number;
  campaign: string;
  activity: string | null;
  version: number | null;
  reply_to: number | null;
  author: string;
  text: string;
  created_at: string;
  changed_at: string | null;
  resolved_at: string | null;
  resolved_by: string | null;
}
export interface NewComment {
  text: string;
  activity?: string | undefined;
  reply_to?: number | undefined;
  by?: string | undefined;
}
export interface AuditLine {
  seq: number;
  at: string;
  actor: string;
  action: string;
  detail: string | null;
}

export function useComments(campaign: string) {
  return useQuery({
    queryKey: ['comments', campaign],
    queryFn: ({ signal }) => apiGet<Comment[]>(`/campaigns/${path(campaign)}/comments`, {}, signal),
  });
}

/** Makes, changes and deletes comments. */
export function useCommentWork(campaign: string) {
  const client = useQueryClient();
  const onSettled = () => client.invalidateQueries({ queryKey: ['comments', campaign] });
  const add = useMutation({
    mutationFn: (comment: NewComment) =>
      apiPost<Comment>(`/campaigns/${path(campaign)}/comments`, comment),
    onSettled,
  });
  const change = useMutation({
    mutationFn: ({
      id,
      ...change
    }: {
      id: number;
      resolved?: boolean;
      text?: string;
      by?: string;
    }) => apiPut<Comment>(`/comments/${id}`, change),
    onSettled,
  });
  const remove = useMutation({
    mutationFn: (id: number) => apiDelete(`/comments/${id}`),
    onSettled,
  });
  return { add, change, remove };
}

export function useAudit(campaign: string) {
  return useQuery({
    queryKey: ['audit', campaign],
    queryFn: ({ signal }) =>
      apiGet<AuditLine[]>('/audit', { kind: 'campaign', name: campaign, limit: 200 }, signal),
  });
}

export interface Bundle {
  campaign: string;
  version: number;
  text: string;
  documents: { kind: string; name: string; version: number }[];
  audiences: string[];
  environment: string[];
}
export type ClashRule = 'keep' | 'take' | 'rename';
export interface BundleLine {
  kind: string;
  name: string;
  state: 'new' | 'same' | 'differs';
  takes: 'new' | 'ours' | 'theirs' | null;
  new_name: string;
  differences: { path: string; before: unknown; after: unknown }[];
}
export interface BundleReport {
  imported: boolean;
  documents: BundleLine[];
  missing: { kind: string; name: string; needed_by: string }[];
  problems: ProblemItem[];
  environment: string[];
}
export interface BundleRequest {
  text: string;
  choices: { kind: string; name: string; choice: ClashRule }[];
}

export function useBundle(campaign: string) {
  return useQuery({
    queryKey: ['bundle', campaign],
    queryFn: ({ signal }) => apiGet<Bundle>(`/campaigns/${path(campaign)}/export`, {}, signal),
    gcTime: 0,
    staleTime: 0,
  });
}

/** What an import would do; nothing is asked before there is a text. */
export function useImportReport(request: BundleRequest) {
  return useQuery({
    queryKey: ['import', request],
    queryFn: ({ signal }) =>
      apiPost<BundleReport>('/campaigns/import', { ...request, dry_run: true }, signal),
    enabled: request.text.trim() !== '',
    placeholderData: (former) => (request.text.trim() === '' ? undefined : former),
    retry: false,
    gcTime: 0,
  });
}

export function useImportBundle() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: BundleRequest) => apiPost<BundleReport>('/campaigns/import', request),
    onSuccess: () => client.invalidateQueries(),
  });
}

/** What is done with the states of many campaigns at once. */
export type BulkMove =
  | 'publish'
  | 'unpublish'
  | 'suspend'
  | 'continue'
  | 'close'
  | 'stop'
  | 'archive'
  | 'unarchive'
  | 'delete';
export type BulkAction = 'tag' | 'untag' | 'move' | BulkMove;
export interface BulkRequest {
  campaigns: string[];
  action: BulkAction;
  tags?: string[];
  folder?: string;
}
export interface BulkLine {
  campaign: string;
  done: boolean;
  state: string | null;
  message: string | null;
  hint: string | null;
}

export function useBulk() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: BulkRequest) => apiPost<BulkLine[]>('/campaigns/bulk', request),
    onSettled: () => refreshCampaigns(client),
  });
}

/** A stored view of the list of campaigns. */
export interface ViewDocument {
  kind: 'view';
  name: string;
  label?: string;
  list: 'campaigns';
  filter: {
    search?: string;
    states?: string[];
    tags?: string[];
    folder?: string;
    attention?: boolean;
    sort?: string;
    descending?: boolean;
  };
}

export function useViewWork() {
  const client = useQueryClient();
  const onSettled = () => client.invalidateQueries({ queryKey: ['documents', 'view'] });
  const keep = useMutation({
    mutationFn: (view: ViewDocument) => applyDocuments([view]),
    onSettled,
  });
  const remove = useMutation({
    mutationFn: (name: string) => apiDelete(`/documents/view/${path(name)}`),
    onSettled,
  });
  return { keep, remove };
}

export interface CalendarEntry {
  what: 'launch' | 'run' | 'skipped';
  campaign: string;
  label: string | null;
  at: string;
  until: string | null;
  count: number;
  state: string;
  /** Why a launch was skipped. */
  reason: string | null;
  run: string | null;
  mode: string | null;
}
export interface CalendarDay {
  calendar: string;
  label: string;
  from: string;
  until: string;
}
export interface CalendarPageData {
  entries: CalendarEntry[];
  /** Launches from which no run came. */
  skipped: CalendarEntry[];
  days: CalendarDay[];
}

export function useCalendar(from: string, to: string, zone: string, state: string | undefined) {
  return useQuery({
    queryKey: ['calendar', from, to, zone, state],
    queryFn: ({ signal }) =>
      apiGet<CalendarPageData>('/calendar', { from, to, zone, state }, signal),
    placeholderData: (former) => former,
  });
}

export interface VersionLine {
  version: number;
  written_at: string;
  deleted: boolean;
  newest: boolean;
  in_force: boolean;
  takes_over_at: string | null;
}
export interface Difference {
  what: 'activity' | 'transition' | 'schedule' | 'variable' | 'property' | 'layout';
  change: 'added' | 'removed' | 'changed';
  name: string;
  words: string;
  fields: { path: string; before: unknown; after: unknown }[];
}
export interface Comparison {
  from: number;
  to: number;
  differences: Difference[];
}

export function useVersions(campaign: string) {
  return useQuery({
    queryKey: ['campaigns', campaign, 'versions'],
    queryFn: ({ signal }) =>
      apiGet<VersionLine[]>(`/documents/campaign/${path(campaign)}/versions`, {}, signal),
  });
}

export function useComparison(campaign: string, from: number | undefined, to: number | undefined) {
  return useQuery({
    queryKey: ['campaigns', campaign, 'compare', from, to],
    queryFn: ({ signal }) =>
      apiGet<Comparison>(`/campaigns/${path(campaign)}/compare`, { from, to }, signal),
    placeholderData: (former) => former,
  });
}

export function useDocumentVersion(campaign: string, version: number | undefined) {
  return useQuery({
    queryKey: ['documents', 'campaign', campaign, version],
    queryFn: ({ signal }) =>
      apiGet<CampaignDocument>(`/documents/campaign/${path(campaign)}`, { version }, signal),
    enabled: version !== undefined,
    staleTime: Infinity,
  });
}

export function useRestoreVersion(campaign: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { version: number; at?: string }) =>
      apiPost<{ version: number }>(`/documents/campaign/${path(campaign)}/restore`, body),
    onSettled: () => refreshCampaigns(client),
  });
}
