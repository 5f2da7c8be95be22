import {
  ActionIcon,
  Alert,
  Button,
  Menu,
  Switch,
  Textarea,
  TextInput,
  Tooltip,
} from '@mantine/core';
import {
  IconAlertTriangle,
  IconCopy,
  IconDots,
  IconPlayerPause,
  IconPower,
  IconTool,
  IconTrash,
  IconX,
} from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useCommonSettings } from '@/api/campaigns';
import type { ActivityDocument, ActivityKind, ProblemItem } from '@/api/types';
import { useCanvasActions } from '@/canvas/edit/actions';
import { isFreeId, removeActivities, renameActivity, updateActivity } from '@/canvas/edit/document';
import { fixesFor } from '@/canvas/edit/fixes';
import { activityLabel, namedIn, pathInActivity, type Trouble } from '@/canvas/edit/words';
import { kindLook } from '@/canvas/kinds';
import { ActivityForm } from '@/features/campaign/ActivityForm';
import { Connections } from '@/features/campaign/Connections';
import { MarkSection } from '@/features/campaign/panels/MarkSection';
import type { Editor } from '@/features/campaign/useEditor';
import { t } from '@/i18n';
import { SchemaForm } from '@/ui/form/SchemaForm';
import { humanize, sentence } from '@/ui/format';
import { toneStyle } from '@/ui/tone';
import classes from '@/features/campaign/editor.module.css';
import panel from '@/features/campaign/campaign.module.css';

interface Props {
  editor: Editor;
  activity: ActivityDocument;
  kinds: ActivityKind[];
  trouble: Trouble | undefined;
  onCopy: () => void;
  onClose: () => void;
  /** What it did in the run that is shown. */
  children?: ReactNode;
}

/** Everything about one activity, to be changed. */
export function ActivityEditor(props: Props) {
  const { editor, activity, kinds, trouble, onClose, children } = props;
  const look = kindLook(activity.type, kinds);
  const kind = kinds.find((each) => each.kind === activity.type);
  const { Icon } = look;
  const label = activityLabel(activity);
  const set = (fields: Record<string, unknown>, word?: string) =>
    editor.change((former) => updateActivity(former, activity.id, fields), word);
  return (
    <aside className={panel.panel} aria-label={t('panel.activity', { name: label })}>
      <header className={panel.panelHead} style={toneStyle(look.category ?? 'neutral')}>
        <span className={panel.panelIcon} aria-hidden>
          <Icon size={22} stroke={1.7} />
        </span>
        <div className={panel.panelWords}>
          <TextInput
            id="activity-label"
            variant="unstyled"
            aria-label={t('panel.name')}
            classNames={{ input: classes.title }}
            value={activity.label ?? ''}
            placeholder={humanize(activity.id)}
            onChange={({ currentTarget: { value } }) =>
              set({ label: value === '' ? undefined : value }, `label ${activity.id}`)
            }
          />
          <div className={panel.panelKind}>{look.label}</div>
        </div>
        <More {...props} set={set} />
        <ActionIcon variant="subtle" color="gray" aria-label={t('panel.close')} onClick={onClose}>
          <IconX size={18} />
        </ActionIcon>
      </header>
      <div className={panel.panelBody} tabIndex={0} role="region" aria-label={t('panel.details')}>
        {activity.enabled === false && (
          <Alert
            mt="sm"
            classNames={{ root: classes.note, title: classes.noteTitle, icon: classes.noteIcon }}
            icon={<IconPower size={17} />}
            title={t('panel.isDisabled')}
          >
            <Button size="compact-xs" variant="default" onClick={() => set({ enabled: undefined })}>
              {t('panel.enable')}
            </Button>
          </Alert>
        )}
        {trouble !== undefined && <Troubles editor={editor} trouble={trouble} />}
        {look.summary !== undefined && <p className={panel.summary}>{look.summary}</p>}
        {children}
        <Section title={t('panel.settings')}>
          {kind === undefined ? (
            <p className={panel.summary}>{t('panel.unknownKind', { kind: activity.type })}</p>
          ) : (
            <ActivityForm
              editor={editor}
              activity={activity}
              kind={kind}
              errorAt={(path) => errorAt(trouble, path)}
            />
          )}
        </Section>
        {activity.type === 'incremental-query' && (
          <Section title={t('mark.title')}>
            <MarkSection campaign={editor.document.name} activity={activity.id} />
          </Section>
        )}
        <Section title={t('panel.connections')}>
          <Connections editor={editor} activity={activity} />
        </Section>
        <Section title={t('panel.about')}>
          <div className={classes.stack}>
            <IdField key={activity.id} editor={editor} id={activity.id} />
            <Textarea
              size="xs"
              autosize
              minRows={2}
              maxRows={10}
              label={t('panel.notes')}
              description={t('panel.notesHelp')}
              value={activity.notes ?? ''}
              onChange={({ currentTarget: { value } }) =>
                set({ notes: value === '' ? undefined : value }, `notes ${activity.id}`)
              }
            />
            <Common editor={editor} activity={activity} trouble={trouble} set={set} />
          </div>
        </Section>
      </div>
    </aside>
  );
}

/** Settings that all kinds have, as far as the server knows of them. */
function Common({
  editor,
  activity,
  trouble,
  set,
}: Pick<Props, 'editor' | 'activity' | 'trouble'> & {
  set: (fields: Record<string, unknown>, word?: string) => void;
}) {
  const schema = useCommonSettings();
  if (schema?.properties === undefined) return null;
  return (
    <>
      {schema.properties.breakpoint !== undefined && (
        <Switch
          size="sm"
          label={t('panel.breakpointSwitch')}
          description={t('panel.breakpointHelp')}
          checked={activity.breakpoint === true}
          onChange={({ currentTarget }) =>
            set({ breakpoint: currentTarget.checked ? true : undefined })
          }
        />
      )}
      <SchemaForm
        schema={schema}
        root={schema}
        value={activity}
        omit={['label', 'notes', 'enabled', 'breakpoint']}
        custom={() => undefined}
        errorAt={(path) => errorAt(trouble, path)}
        onChange={(next, [name = '']) =>
          editor.change(
            (former) => updateActivity(former, activity.id, { [name]: next[name] }),
            `${activity.id} ${name}`,
          )
        }
      />
    </>
  );
}

function More({
  editor,
  activity,
  onCopy,
  set,
}: Props & { set: (fields: Record<string, unknown>) => void }) {
  const enabled = activity.enabled !== false;
  const canPause = useCommonSettings()?.properties?.breakpoint !== undefined;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Tooltip label={t('panel.more')}>
          <ActionIcon variant="subtle" color="gray" aria-label={t('panel.more')}>
            <IconDots size={18} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconCopy size={15} />} onClick={onCopy}>
          {t('panel.copy')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconPower size={15} />}
          onClick={() => set({ enabled: enabled ? false : undefined })}
        >
          {enabled ? t('panel.disable') : t('panel.enable')}
        </Menu.Item>
        {canPause && (
          <Menu.Item
            leftSection={<IconPlayerPause size={15} />}
            onClick={() => set({ breakpoint: activity.breakpoint === true ? undefined : true })}
          >
            {activity.breakpoint === true ? t('panel.noBreakpoint') : t('panel.setBreakpoint')}
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Item
          color="red"
          leftSection={<IconTrash size={15} />}
          onClick={() => editor.change((former) => removeActivities(former, [activity.id]))}
        >
          {t('panel.delete')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Errors first, each with what can be done about it. */
function Troubles({ editor, trouble }: { editor: Editor; trouble: Trouble }) {
  return (
    <ul className={classes.troubles} aria-label={t('problems.title')}>
      {[...trouble.errors, ...trouble.warnings].map((item, index) => (
        <ProblemLine key={index} editor={editor} item={item} />
      ))}
    </ul>
  );
}

export function ProblemLine({
  editor,
  item,
  children,
}: {
  editor: Editor;
  item: ProblemItem;
  children?: ReactNode;
}) {
  const actions = useCanvasActions();
  const said = (text: string) => namedIn(text, editor.document.canvas.activities);
  const level = item.severity === 'warning' ? 'warning' : 'error';
  return (
    <li className={classes.problem} data-level={level}>
      <IconAlertTriangle size={16} aria-label={t(`problems.${level}`)} />
      <div>
        {children}
        <div>{sentence(said(item.message))}</div>
        {item.hint && <div className={classes.fieldHelp}>{sentence(said(item.hint))}</div>}
        <div className={classes.fixes}>
          {fixesFor(item, editor.checked).map((fix) => (
            <Button
              key={fix.word}
              size="compact-xs"
              variant="default"
              leftSection={<IconTool size={12} />}
              onClick={() => {
                if (fix.change !== undefined) editor.change(fix.change);
                if (fix.add !== undefined) actions.add(fix.add);
              }}
            >
              {t(fix.word)}
            </Button>
          ))}
        </div>
      </div>
    </li>
  );
}

/** The id is also the name that documents and ports use, so that it changes as a whole. */
function IdField({ editor, id }: { editor: Editor; id: string }) {
  const actions = useCanvasActions();
  const [text, setText] = useState(id);
  const wrong = text !== id && !isFreeId(editor.document, id, text);
  const take = () => {
    if (wrong || text === id) return setText(id);
    editor.change((former) => renameActivity(former, id, text));
    actions.open(text);
  };
  return (
    <TextInput
      size="xs"
      label={t('panel.id')}
      description={t('panel.idHelp')}
      error={wrong ? t('panel.idWrong') : undefined}
      value={text}
      onChange={({ currentTarget }) => setText(currentTarget.value)}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === 'Enter') take();
      }}
    />
  );
}

/** What is wrong at a setting, or inside of one that is not drawn in parts. */
function errorAt(trouble: Trouble | undefined, path: string[]): string | undefined {
  const here = path.join('/');
  return trouble?.errors.find((item) => pathInActivity(item).join('/') === here)?.message;
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={panel.section}>
      <div className={panel.sectionHead}>
        <h3>{title}</h3>
      </div>
      {children}
    </section>
  );
}
