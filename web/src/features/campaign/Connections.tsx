import { ActionIcon, Select, TextInput } from '@mantine/core';
import { IconArrowRight, IconPlus, IconX } from '@tabler/icons-react';
import type { ActivityDocument } from '@/api/types';
import { useCanvasActions } from '@/canvas/edit/actions';
import {
  connect,
  disconnect,
  labelTransition,
  whyNotConnect,
  type TransitionRef,
} from '@/canvas/edit/document';
import { activityLabel } from '@/canvas/edit/words';
import { isNamedPort, parsePort } from '@/canvas/graph';
import { portLabel } from '@/canvas/ports';
import type { Editor } from '@/features/campaign/useEditor';
import { t } from '@/i18n';
import classes from '@/features/campaign/editor.module.css';

/** Where the rows of an activity go, port by port. */
export function Connections({ editor, activity }: { editor: Editor; activity: ActivityDocument }) {
  const { document } = editor;
  const out = (document.canvas.transitions ?? [])
    .map(({ from, to, label }) => ({ ...parsePort(from), to, label }))
    .filter((each) => each.activity === activity.id);
  const ports = [
    ...new Set([...(editor.ports[activity.id] ?? []), ...out.map(({ port }) => port)]),
  ];
  if (ports.length === 0) return <p className={classes.fieldHelp}>{t('panel.noPorts')}</p>;
  return ports.map((port) => (
    <div key={port} className={classes.port}>
      {(ports.length > 1 || isNamedPort(port)) && (
        <span className={classes.portName} title={port}>
          {portLabel(activity, port)}
        </span>
      )}
      {out
        .filter((each) => each.port === port)
        .map((each) => (
          <Line key={each.to} editor={editor} transition={each} label={each.label} />
        ))}
      <Connect editor={editor} id={activity.id} port={port} name={portLabel(activity, port)} />
    </div>
  ));
}

function Line({
  editor,
  transition,
  label,
}: {
  editor: Editor;
  transition: TransitionRef;
  label: string | undefined;
}) {
  const actions = useCanvasActions();
  const { activity, port, to } = transition;
  const ref = { activity, port, to };
  const target = editor.document.canvas.activities.find(({ id }) => id === to);
  const name = target === undefined ? to : activityLabel(target);
  return (
    <div className={classes.connection}>
      <button type="button" className={classes.goTo} onClick={() => actions.open(to)}>
        <IconArrowRight size={14} aria-hidden />
        {name}
      </button>
      <TextInput
        size="xs"
        variant="filled"
        aria-label={t('panel.transitionLabel', { to: name })}
        placeholder={t('panel.label')}
        value={label ?? ''}
        onChange={({ currentTarget: { value } }) =>
          editor.change(
            (former) => labelTransition(former, ref, value),
            `transition ${activity}>${to}`,
          )
        }
      />
      <ActionIcon
        size="sm"
        variant="subtle"
        color="gray"
        aria-label={t('panel.cut', { to: name })}
        onClick={() => editor.change((former) => disconnect(former, ref))}
      >
        <IconX size={14} />
      </ActionIcon>
    </div>
  );
}

function Connect({
  editor,
  id,
  port,
  name,
}: {
  editor: Editor;
  id: string;
  port: string;
  name: string;
}) {
  const actions = useCanvasActions();
  const from = { activity: id, port };
  const data = editor.document.canvas.activities
    .filter((each) => whyNotConnect(editor.document, from, each.id) === undefined)
    .map((each) => ({ value: each.id, label: activityLabel(each) }));
  return (
    <div className={classes.connection}>
      <Select
        size="xs"
        searchable
        style={{ flex: 1 }}
        data-connect
        aria-label={t('panel.connectPort', { port: name })}
        placeholder={t('panel.connect')}
        nothingFoundMessage={t('form.nothing')}
        data={data}
        value={null}
        onChange={(to) => to !== null && editor.change((former) => connect(former, from, to))}
      />
      <ActionIcon
        size="sm"
        variant="subtle"
        aria-label={t('panel.addNext', { port: name })}
        onClick={() => actions.add({ kind: 'after', port: from })}
      >
        <IconPlus size={15} />
      </ActionIcon>
    </div>
  );
}
