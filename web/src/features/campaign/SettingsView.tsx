import { Tooltip } from '@mantine/core';
import { IconHelpCircle } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useCommonSettings, useContent } from '@/api/campaigns';
import type { Message } from '@/api/contents';
import type { ActivityDocument, JsonSchema } from '@/api/types';
import { nameOfColumn, operandOfColumn } from '@/features/campaign/form/columns';
import { MessagePreview } from '@/features/campaign/MessagePreview';
import {
  markedWords,
  operandWords,
  sortWords,
  type Reader,
} from '@/features/campaign/settingWords';
import { useNames } from '@/features/common/useNames';
import { t, tServer } from '@/i18n';
import { isRule } from '@/rules/words';
import { RuleTree } from '@/rules/RuleTree';
import { asObject, plainFieldOf, resolve, variantOf, type Schema } from '@/ui/form/schema';
import { choiceLabel, fieldLabel } from '@/ui/form/SchemaForm';
import { formatCell, formatCount, humanize, sentence } from '@/ui/format';
import { Tag } from '@/ui/Pill';
import { LoadingRows } from '@/ui/states';
import classes from '@/features/campaign/campaign.module.css';

const NOT_SETTINGS = new Set(['id', 'type', 'label']);
/** The parts of a message, which is shown as people get it. */
const MESSAGE = ['subject', 'preheader', 'html', 'mjml', 'text'] as const;
/** Longer text stands in a box of its own. */
const INLINE_MAX = 120;

interface Props {
  campaign: string;
  activity: ActivityDocument;
  schema: JsonSchema | undefined;
}

/** An activity's settings for reading, in the order and with the words of its schema. */
export function SettingsView({ campaign, activity, schema }: Props) {
  const reader: Reader = { names: useNames([campaign]), campaign };
  const common = useCommonSettings();
  const root: Schema = {
    ...schema,
    properties: { ...schema?.properties, ...common?.properties },
    $defs: { ...common?.$defs, ...schema?.$defs },
  };
  const order = Object.keys(root.properties ?? {});
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  const message = messageOf(activity);
  const isMail = Object.keys(message).length > 0 || typeof activity.content === 'string';
  const settings = Object.entries(activity)
    .filter(([name, value]) => !NOT_SETTINGS.has(name) && value !== undefined && value !== null)
    .filter(([name]) => !(isMail && (name in message || name === 'content')))
    .sort(([a], [b]) => rank(a) - rank(b));
  if (settings.length === 0 && !isMail) {
    return <p className={classes.summary}>{t('panel.nothingToSet')}</p>;
  }
  return (
    <div className={classes.settings}>
      {isMail && <MailSetting campaign={campaign} activity={activity} message={message} />}
      {settings.map(([name, value]) => {
        const about = root.properties?.[name] ?? {};
        const help = tServer(resolve(about, root).description);
        return (
          <Setting key={name} name={fieldLabel([name], about, activity.type)} help={help}>
            <SettingValue
              schema={about}
              root={root}
              path={[activity.type, name]}
              value={value}
              reader={reader}
            />
          </Setting>
        );
      })}
    </div>
  );
}

function Setting({
  name,
  help,
  children,
}: {
  name: string;
  help?: string | undefined;
  children: ReactNode;
}) {
  return (
    <div className={classes.setting}>
      <div className={classes.settingName}>
        {name}
        {help !== undefined && <Help text={help} />}
      </div>
      <div className={classes.settingValue}>{children}</div>
    </div>
  );
}

function Help({ text }: { text: string }) {
  return (
    <Tooltip label={text} multiline w={260} events={{ hover: true, focus: true, touch: true }}>
      <button type="button" className={classes.help} aria-label={text}>
        <IconHelpCircle size={14} aria-hidden />
      </button>
    </Tooltip>
  );
}

/** The message of the activity itself, or that of its content. */
function MailSetting({
  campaign,
  activity,
  message,
}: Omit<Props, 'schema'> & { message: Message }) {
  const { id, content } = activity;
  const channel = typeof activity.channel === 'string' ? activity.channel : undefined;
  if (typeof content === 'string') {
    return <ContentSetting name={content} {...{ campaign, id, channel }} />;
  }
  return (
    <Setting name={t('field.message')}>
      <MessagePreview campaign={campaign} activity={id} message={message} channel={channel} />
    </Setting>
  );
}

interface ContentProps {
  name: string;
  campaign: string;
  id: string;
  channel: string | undefined;
}

/** A message that is kept as a document of its own. */
function ContentSetting({ name, campaign, id, channel }: ContentProps) {
  const content = useContent(name);
  const label = content.data?.label ?? humanize(name);
  return (
    <Setting name={t('field.content')}>
      <Link
        to="/contents/$kind/$name"
        params={{ kind: 'content', name }}
        className={classes.contentLink}
      >
        {label}
      </Link>
      {content.isPending && <LoadingRows rows={5} label={t('common.loading')} />}
      {content.isError && <p className={classes.none}>{sentence(content.error.message)}</p>}
      {content.data !== undefined && (
        <MessagePreview
          campaign={campaign}
          activity={id}
          message={messageOf({ ...content.data })}
          channel={channel}
        />
      )}
    </Setting>
  );
}

function messageOf(of: Record<string, unknown>): Message {
  const parts = MESSAGE.flatMap((part) => {
    const value = of[part];
    return typeof value === 'string' ? [[part, value] as const] : [];
  });
  // A text of other activities is no message.
  return 'html' in of || 'mjml' in of || 'subject' in of ? Object.fromEntries(parts) : {};
}

interface ValueProps {
  schema: Schema;
  root: Schema;
  /** The names of the way from the activity to here. */
  path: string[];
  value: unknown;
  reader: Reader;
}

/** A value by its schema; one that has none is read as what it is. */
function SettingValue(props: ValueProps): ReactNode {
  const { root, path, value, reader } = props;
  const schema = resolve(props.schema, root);
  const mark = schema['x-tutti-editor'];
  const label = fieldLabel(path.slice(1), schema, path[0]);
  if (mark === 'rule' || (mark === undefined && isRule(value))) {
    return isRule(value) ? <RuleTree rule={value} label={label} /> : null;
  }
  if (mark === 'sort') return <Lines lines={sortWords(value, reader)} />;
  if (Array.isArray(value)) return <ListValue {...props} schema={schema} values={value} />;
  const words = mark === undefined ? undefined : markedWords(mark, value, reader);
  if (words !== undefined) return words;
  const field = plainFieldOf(schema, root);
  if (field.kind === 'variants') {
    const variant = field.variants[variantOf(value, field.variants, root)];
    return <SettingValue {...props} schema={variant?.schema ?? {}} />;
  }
  if (field.kind === 'choice' || schema.const !== undefined) return choiceLabel(value);
  if (typeof value === 'object' && value !== null) {
    return field.kind === 'map' ? (
      <MapValue {...props} keys={field.keys} values={field.values} />
    ) : (
      <ObjectValue {...props} schema={schema} />
    );
  }
  return <PlainValue value={value} />;
}

function PlainValue({ value }: { value: unknown }) {
  if (typeof value === 'number') return formatCount(value);
  if (typeof value !== 'string') return formatCell(value);
  return value.length > INLINE_MAX || value.includes('\n') ? (
    <pre className={classes.long}>{value}</pre>
  ) : (
    value
  );
}

function ListValue({ values, ...props }: ValueProps & { values: unknown[] }) {
  const { schema, root, path, reader } = props;
  if (values.length === 0) return <span className={classes.none}>{t('word.none')}</span>;
  const mark = schema['x-tutti-editor'];
  const items = typeof schema.items === 'object' ? schema.items : {};
  if (mark === 'columns') {
    return <Lines lines={values.map((entry) => columnWords(entry, reader))} />;
  }
  const wordsOf = (value: unknown) => {
    const own = mark ?? resolve(items, root)['x-tutti-editor'];
    const said = own === undefined ? undefined : markedWords(own, value, reader);
    if (said !== undefined) return said;
    if (typeof value === 'object') return undefined;
    const isChoice = plainFieldOf(items, root).kind === 'choice';
    return isChoice ? choiceLabel(value) : formatCell(value);
  };
  const words = values.map(wordsOf);
  if (words.every((each) => each !== undefined)) {
    return (
      <div className={classes.tags}>
        {words.map((each, index) => (
          <Tag key={index}>{each}</Tag>
        ))}
      </div>
    );
  }
  return (
    <ol className={classes.items}>
      {values.map((value, index) => (
        <li key={index}>
          <SettingValue {...props} schema={items} path={[...path, String(index)]} value={value} />
        </li>
      ))}
    </ol>
  );
}

/** A field or expression, and what it is called where that is something else. */
function columnWords(entry: unknown, reader: Reader): string {
  const operand = operandOfColumn(entry);
  const { header, label } = asObject(entry);
  const named = [header, label].find((each) => typeof each === 'string') ?? nameOfColumn(entry);
  const own = typeof operand === 'string' ? operand.replaceAll('.', '_') : undefined;
  const words = operandWords(operand, reader);
  return named === own ? words : t('columns.as', { what: words, name: String(named) });
}

function Lines({ lines }: { lines: string[] }) {
  if (lines.length === 0) return <span className={classes.none}>{t('word.none')}</span>;
  return (
    <ul className={classes.lines}>
      {lines.map((line, index) => (
        <li key={index}>{line}</li>
      ))}
    </ul>
  );
}

function MapValue({ keys, values, ...props }: ValueProps & { keys: Schema; values: Schema }) {
  const { root, path, value, reader } = props;
  const mark = resolve(keys, root)['x-tutti-editor'];
  const keyWords = (key: string) =>
    (mark === undefined ? undefined : markedWords(mark, key, reader)) ?? key;
  return (
    <dl className={classes.object}>
      {Object.entries(asObject(value)).map(([key, part]) => (
        <div key={key}>
          <dt>{keyWords(key)}</dt>
          <dd>
            <SettingValue {...props} schema={values} path={[...path, key]} value={part} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function ObjectValue(props: ValueProps) {
  const { schema, root, path, value } = props;
  const of = path.at(-1) === 'limit' ? limitWords(value) : undefined;
  if (of !== undefined) return of;
  return (
    <dl className={classes.object}>
      {Object.entries(asObject(value)).map(([name, part]) => {
        const about = schema.properties?.[name] ?? {};
        const inner = [...path, name];
        return (
          <div key={name}>
            <dt>{fieldLabel(inner.slice(1), resolve(about, root), path[0])}</dt>
            <dd>
              <SettingValue {...props} schema={about} path={inner} value={part} />
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

/** `{percent: 50}` → `50 %`; `undefined` for what is more than one number. */
function limitWords(value: unknown): string | undefined {
  const [first, ...others] = Object.entries(asObject(value));
  if (first === undefined || others.length > 0) return undefined;
  const [unit, amount] = first;
  if (unit === 'number' && typeof amount === 'number') return formatCount(amount);
  return unit === 'percent' ? `${String(amount)} %` : undefined;
}
