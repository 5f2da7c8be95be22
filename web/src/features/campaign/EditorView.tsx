import { Alert, Button, useComputedColorScheme } from '@mantine/core';
import { IconGitMerge, IconInfoCircle } from '@tabler/icons-react';
import { ReactFlowProvider } from '@xyflow/react';
import { lazy, Suspense, useEffect, useMemo, useState, type ReactNode } from 'react';
import type { ActivityKind, RunSummary } from '@/api/types';
import { AddMenu } from '@/canvas/AddMenu';
import { EditCanvas } from '@/canvas/EditCanvas';
import { CanvasActionsContext } from '@/canvas/edit/actions';
import { runsSideways, type Spot, type TransitionRef } from '@/canvas/edit/document';
import { activityLabel, troubleByActivity } from '@/canvas/edit/words';
import { parsePort } from '@/canvas/graph';
import { Palette } from '@/canvas/Palette';
import { ActivityEditor } from '@/features/campaign/ActivityEditor';
import { EditorToolbar } from '@/features/campaign/EditorToolbar';
import { ManyPanel } from '@/features/campaign/ManyPanel';
import { ProblemsPanel } from '@/features/campaign/ProblemsPanel';
import type { CampaignSearch } from '@/features/campaign/search';
import { TransitionPanel } from '@/features/campaign/TransitionPanel';
import type { Editor } from '@/features/campaign/useEditor';
import { useEditorActions } from '@/features/campaign/useEditorActions';
import { useEditorKeys } from '@/features/campaign/useEditorKeys';
import { ShortcutsDialog } from '@/features/campaign/ShortcutsDialog';
import { t } from '@/i18n';
import { sentence } from '@/ui/format';
import { LoadingRows } from '@/ui/states';
import classes from '@/features/campaign/editor.module.css';
import page from '@/features/campaign/campaign.module.css';

const CodeView = lazy(async () => ({
  default: (await import('@/features/campaign/CodeView')).CodeView,
}));

interface Props {
  editor: Editor;
  kinds: ActivityKind[];
  run: RunSummary | undefined;
  search: CampaignSearch;
  change: (part: Partial<CampaignSearch>) => void;
  /** What the chosen activity did in the run that is shown. */
  inRun: (id: string) => ReactNode;
  /** The rows on a transition, when they are open. */
  children?: ReactNode;
}

/** The canvas with everything to work on it. */
export function EditorView(props: Props) {
  return (
    <ReactFlowProvider>
      <View {...props} />
    </ReactFlowProvider>
  );
}

function View({ editor, kinds, run, search, change, inRun, children }: Props) {
  const colorScheme = useComputedColorScheme('light');
  const [selecting, setSelecting] = useState(false);
  const [helping, setHelping] = useState(false);
  const [find, setFind] = useState<string>();
  const { document } = editor;
  const selection = useSelection(editor, search.activity);
  const work = useEditorActions({ editor, kinds, search, change, selection });
  const { actions, adding, notice } = work;
  const trouble = useMemo(
    () => troubleByActivity(editor.check, editor.checked),
    [editor.check, editor.checked],
  );
  const found = useMemo(() => foundBy(find, document), [find, document]);
  const direction = search.layout ?? (runsSideways(document) ? 'right' : 'down');
  const keys = useEditorKeys({
    editor,
    work,
    selection: selection.ids,
    onFind: () => setFind(''),
    onHelp: () => setHelping(true),
    onCode: () => change({ view: search.view === 'code' ? undefined : 'code' }),
  });
  const transition = transitionOf(search.transition);
  const chosen =
    selection.ids.size === 1
      ? document.canvas.activities.find(({ id }) => selection.ids.has(id))
      : undefined;

  return (
    <CanvasActionsContext value={actions}>
      <div className={page.work} onKeyDown={keys}>
        {search.view !== 'code' && (
          <Palette kinds={kinds} onPick={(kind) => actions.put(kind, work.nextSpot())} />
        )}
        <div className={page.stage}>
          <EditorToolbar
            editor={editor}
            work={work}
            search={search}
            change={change}
            direction={direction}
            selecting={selecting}
            onSelecting={setSelecting}
            find={find}
            onFind={setFind}
            found={found}
            onHelp={() => setHelping(true)}
          />
          <Notices editor={editor} notice={notice} onRead={work.read} />
          <div className={classes.sideBySide}>
            {search.view === 'code' && (
              <Suspense fallback={<CodeLoading />}>
                <CodeView editor={editor} chosen={chosen?.id} />
              </Suspense>
            )}
            <div className={page.canvas}>
              <EditCanvas
                document={document}
                ports={editor.ports}
                kinds={kinds}
                run={run}
                trouble={trouble}
                selection={selection.ids}
                found={found}
                chosenTransition={transition}
                colorScheme={colorScheme}
                direction={direction}
                selecting={selecting}
              />
              {document.canvas.activities.length === 0 && (
                <EmptyCanvas onAdd={() => actions.add({ kind: 'free' })} />
              )}
            </div>
          </div>
          {children}
        </div>
        {search.view === 'problems' && (
          <ProblemsPanel
            editor={editor}
            trouble={trouble}
            onClose={() => change({ view: undefined })}
          />
        )}
        {search.view !== 'problems' && chosen !== undefined && transition === undefined && (
          <ActivityEditor
            key={chosen.id}
            editor={editor}
            activity={chosen}
            kinds={kinds}
            trouble={trouble.get(chosen.id)}
            onCopy={() => void work.copy()}
            onClose={() => actions.select([])}
          >
            {inRun(chosen.id)}
          </ActivityEditor>
        )}
        {search.view !== 'problems' && selection.ids.size > 1 && (
          <ManyPanel editor={editor} ids={[...selection.ids]} onCopy={() => void work.copy()} />
        )}
        {search.view !== 'problems' && transition !== undefined && (
          <TransitionPanel
            editor={editor}
            transition={transition}
            onClose={() => change({ transition: undefined })}
            onRows={
              run === undefined
                ? undefined
                : () =>
                    change({ port: `${transition.activity}.${transition.port}`, page: undefined })
            }
          />
        )}
      </div>
      {adding !== undefined && (
        <AddMenu
          kinds={kinds}
          where={spotWords(adding, document.canvas.activities)}
          copied={work.copied}
          onPick={(kind) => actions.put(kind, adding)}
          onPaste={() => void work.paste(adding)}
          onClose={work.stopAdding}
        />
      )}
      {helping && <ShortcutsDialog onClose={() => setHelping(false)} />}
    </CanvasActionsContext>
  );
}

export interface Selection {
  ids: ReadonlySet<string>;
  set: (ids: string[]) => void;
}

/** What is selected; where it is a single one, the address says so. */
function useSelection(editor: Editor, opened: string | undefined): Selection {
  const [ids, setIds] = useState<ReadonlySet<string>>(
    () => new Set(opened === undefined ? [] : [opened]),
  );
  const [known, setKnown] = useState(opened);
  if (known !== opened) {
    setKnown(opened);
    if (opened !== undefined && !(ids.size === 1 && ids.has(opened))) setIds(new Set([opened]));
  }
  const present = useMemo(() => {
    const all = new Set(editor.document.canvas.activities.map(({ id }) => id));
    const left = [...ids].filter((id) => all.has(id));
    return left.length === ids.size ? ids : new Set(left);
  }, [editor.document, ids]);
  return useMemo(() => ({ ids: present, set: (next) => setIds(new Set(next)) }), [present]);
}

function transitionOf(text: string | undefined): TransitionRef | undefined {
  const [from, to] = text?.split('>') ?? [];
  return from === undefined || to === undefined ? undefined : { ...parsePort(from), to };
}

function foundBy(find: string | undefined, document: Editor['document']): ReadonlySet<string> {
  const words = (find ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return new Set();
  const fits = (text: string) => words.every((word) => text.includes(word));
  return new Set(
    document.canvas.activities
      .filter((activity) => fits(JSON.stringify(activity).toLowerCase()))
      .map(({ id }) => id),
  );
}

function spotWords(spot: Spot, activities: Editor['document']['canvas']['activities']): string {
  const name = (id: string) => {
    const activity = activities.find((each) => each.id === id);
    return activity === undefined ? id : activityLabel(activity);
  };
  switch (spot.kind) {
    case 'free':
      return t('canvas.addTitle');
    case 'after':
      return t('canvas.addAfter', { name: name(spot.port.activity) });
    case 'before':
      return t('canvas.addBefore', { name: name(spot.activity) });
    case 'on':
      return t('canvas.insertBetween', {
        from: name(spot.transition.activity),
        to: name(spot.transition.to),
      });
  }
}

/** As wide as the code that comes, so that the canvas stays where it is. */
function CodeLoading() {
  return (
    <div className={classes.code}>
      <LoadingRows rows={8} label={t('common.loading')} />
    </div>
  );
}

function EmptyCanvas({ onAdd }: { onAdd: () => void }) {
  return (
    <div className={classes.emptyCanvas}>
      <h2>{t('canvas.empty')}</h2>
      <p>{t('canvas.emptyHelp')}</p>
      <Button onClick={onAdd}>{t('canvas.addFirst')}</Button>
    </div>
  );
}

/** What has to be known at once: conflicts, failures, and why something was not done. */
function Notices({
  editor,
  notice,
  onRead,
}: {
  editor: Editor;
  notice: string | undefined;
  onRead: () => void;
}) {
  useEffect(() => {
    if (notice === undefined) return undefined;
    const timer = setTimeout(onRead, 6_000);
    return () => clearTimeout(timer);
  }, [notice, onRead]);
  const { conflict, failure, mergedTimes } = editor;
  return (
    <div className={classes.notices} role="status">
      {conflict !== undefined && (
        <Alert icon={<IconGitMerge size={18} />} title={t('conflict.title')}>
          {t('conflict.text', { names: conflict.merged.conflicts.join(', ') })}
          <div className={classes.fixes}>
            <Button size="compact-sm" onClick={() => editor.settle('mine')}>
              {t('conflict.mine')}
            </Button>
            <Button size="compact-sm" variant="default" onClick={() => editor.settle('theirs')}>
              {t('conflict.theirs')}
            </Button>
          </div>
        </Alert>
      )}
      {conflict === undefined && failure !== undefined && (
        <Alert icon={<IconInfoCircle size={18} />} title={t('editor.notKept')}>
          {sentence(failure)}
        </Alert>
      )}
      {notice !== undefined && <p className={classes.notice}>{notice}</p>}
      {notice === undefined && mergedTimes > 0 && (
        <p className={classes.notice} key={mergedTimes}>
          {t('conflict.merged')}
        </p>
      )}
    </div>
  );
}
