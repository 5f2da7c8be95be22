import { ActionIcon, Button, CloseButton, TextInput, Tooltip } from '@mantine/core';
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconArrowForwardUp,
  IconArrowsDown,
  IconArrowsRight,
  IconCheck,
  IconCode,
  IconCopy,
  IconHelpCircle,
  IconLasso,
  IconPlus,
  IconSearch,
  type Icon,
} from '@tabler/icons-react';
import { useReactFlow } from '@xyflow/react';
import { arrange } from '@/canvas/edit/document';
import { buildGraph } from '@/canvas/graph';
import { layoutGraph, type Direction } from '@/canvas/layout';
import type { CampaignSearch } from '@/features/campaign/search';
import type { Editor } from '@/features/campaign/useEditor';
import type { EditorWork } from '@/features/campaign/useEditorActions';
import { t } from '@/i18n';
import classes from '@/features/campaign/editor.module.css';

interface Props {
  editor: Editor;
  work: EditorWork;
  search: CampaignSearch;
  change: (part: Partial<CampaignSearch>) => void;
  direction: Direction;
  selecting: boolean;
  onSelecting: (selecting: boolean) => void;
  /** What is searched for; `undefined` while nothing is. */
  find: string | undefined;
  onFind: (find: string | undefined) => void;
  found: ReadonlySet<string>;
  onHelp: () => void;
}

const FIT = { padding: 0.08, maxZoom: 1.1, duration: 200 };

export function EditorToolbar(props: Props) {
  const { editor, work, search, change, selecting, onSelecting, find, onFind, onHelp } = props;
  const flow = useReactFlow();
  const { errors, warnings } = editor.check;
  const turn = (direction: Direction) => {
    editor.change((former) => arranged(former, direction));
    change({ layout: direction === 'right' ? 'right' : undefined });
    requestAnimationFrame(() => void flow.fitView(FIT));
  };
  return (
    <div className={classes.toolbar} role="toolbar" aria-label={t('toolbar.label')}>
      <Button
        className={classes.add}
        size="compact-sm"
        variant="light"
        aria-label={t('toolbar.add')}
        leftSection={<IconPlus size={15} />}
        onClick={() => work.actions.add(work.nextSpot())}
      >
        <span className={classes.addWord}>{t('toolbar.add')}</span>
      </Button>
      <Line />
      <Tool
        label={t('toolbar.undo')}
        Icon={IconArrowBackUp}
        disabled={!editor.canUndo}
        onClick={editor.undo}
      />
      <Tool
        label={t('toolbar.redo')}
        Icon={IconArrowForwardUp}
        disabled={!editor.canRedo}
        onClick={editor.redo}
      />
      <Tool
        label={t('toolbar.paste')}
        Icon={IconCopy}
        disabled={work.copied === 0}
        onClick={() => void work.paste()}
      />
      <Line />
      <Tool
        label={t('toolbar.select')}
        Icon={IconLasso}
        pressed={selecting}
        onClick={() => onSelecting(!selecting)}
      />
      <Tool label={t('toolbar.down')} Icon={IconArrowsDown} onClick={() => turn('down')} />
      <Tool label={t('toolbar.right')} Icon={IconArrowsRight} onClick={() => turn('right')} />
      <Line />
      {find === undefined ? (
        <Tool label={t('toolbar.find')} Icon={IconSearch} onClick={() => onFind('')} />
      ) : (
        <Find {...props} find={find} />
      )}
      <Tool
        label={t('toolbar.code')}
        Icon={IconCode}
        pressed={search.view === 'code'}
        onClick={() => change({ view: search.view === 'code' ? undefined : 'code' })}
      />
      <Tool label={t('toolbar.help')} Icon={IconHelpCircle} onClick={onHelp} />
      <span className={classes.fill} />
      <Button
        size="compact-sm"
        variant="subtle"
        color={errors.length > 0 ? 'red' : 'gray'}
        leftSection={
          errors.length + warnings.length > 0 ? (
            <IconAlertTriangle size={15} />
          ) : (
            <IconCheck size={15} />
          )
        }
        aria-pressed={search.view === 'problems'}
        onClick={() => change({ view: search.view === 'problems' ? undefined : 'problems' })}
      >
        {problemWords(errors.length, warnings.length)}
      </Button>
      <SaveState editor={editor} />
    </div>
  );
}

/** Arranged from top to bottom, the canvas goes on arranging itself; sideways it keeps these places. */
function arranged(document: Editor['document'], direction: Direction): Editor['document'] {
  if (direction === 'down') return arrange(document, undefined);
  const { boxes } = layoutGraph(buildGraph(document, {}, undefined), direction, undefined);
  return arrange(document, Object.fromEntries([...boxes].map(([id, { x, y }]) => [id, { x, y }])));
}

function Find({ find, onFind, found, work }: Props & { find: string }) {
  const flow = useReactFlow();
  const next = () => {
    const ids = [...found];
    const now = document
      .querySelector('[data-activity][data-chosen="true"]')
      ?.getAttribute('data-activity');
    const id = ids[(ids.indexOf(now ?? '') + 1) % ids.length];
    if (id === undefined) return;
    work.actions.open(id);
    void flow.fitView({ nodes: [{ id }], maxZoom: 0.9, duration: 200 });
  };
  return (
    <TextInput
      size="xs"
      w={210}
      autoFocus
      type="search"
      aria-label={t('toolbar.findLabel')}
      placeholder={t('toolbar.findLabel')}
      value={find}
      leftSection={<IconSearch size={14} />}
      rightSectionWidth={62}
      rightSection={
        <span className={classes.findCount}>
          {find !== '' && found.size}
          <CloseButton
            size="xs"
            aria-label={t('toolbar.findClose')}
            onClick={() => onFind(undefined)}
          />
        </span>
      }
      onChange={({ currentTarget }) => onFind(currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') next();
        if (event.key === 'Escape') onFind(undefined);
      }}
    />
  );
}

function SaveState({ editor }: { editor: Editor }) {
  return (
    <span className={classes.saveState} data-state={editor.state} role="status">
      {editor.dirty && editor.state === 'kept' ? t('save.draftKept') : t(`save.${editor.state}`)}
    </span>
  );
}

function problemWords(errors: number, warnings: number): string {
  if (errors > 0) return t('canvas.errors', { n: errors });
  return warnings > 0 ? t('canvas.warnings', { n: warnings }) : t('problems.none');
}

function Tool({
  label,
  Icon,
  disabled = false,
  pressed,
  onClick,
}: {
  label: string;
  Icon: Icon;
  disabled?: boolean;
  pressed?: boolean;
  onClick: () => void;
}) {
  return (
    <Tooltip label={label} openDelay={400}>
      <ActionIcon
        variant={pressed === true ? 'light' : 'subtle'}
        color={pressed === true ? undefined : 'gray'}
        aria-label={label}
        aria-pressed={pressed}
        disabled={disabled}
        onClick={onClick}
      >
        <Icon size={17} stroke={1.8} />
      </ActionIcon>
    </Tooltip>
  );
}

function Line() {
  return <span className={classes.divider} aria-hidden />;
}
