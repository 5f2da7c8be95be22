import { Tooltip } from '@mantine/core';
import { IconHelpCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useContent } from '@/api/campaigns';
import type { ActivityDocument, JsonSchema } from '@/api/types';
import { isRule } from '@/rules/words';
import { RuleTree } from '@/rules/RuleTree';
import { formatCount, humanize, sentence } from '@/ui/format';
import { HtmlFrame } from '@/ui/HtmlFrame';
import { Tag } from '@/ui/Pill';
import classes from '@/features/campaign/campaign.module.css';
import { t, tServer } from '@/i18n';
import { fieldName } from '@/ui/form/names';

const NOT_SETTINGS = new Set(['id', 'type', 'label']);
/** Longer text stands in a box of its own. */
const INLINE_MAX = 120;

/** An activity's settings for reading, in the order and with the words of its schema. */
export function SettingsView({
  activity,
  schema,
}: {
  activity: ActivityDocument;
  schema: JsonSchema | undefined;
}) {
  const order = Object.keys(schema?.properties ?? {});
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  const settings = Object.entries(activity)
    .filter(([name, value]) => !NOT_SETTINGS.has(name) && value !== undefined && value !== null)
    .sort(([a], [b]) => rank(a) - rank(b));
  if (settings.length === 0) return <p className={classes.summary}>{t('panel.nothingToSet')}</p>;
  return (
    <div className={classes.settings}>
      {settings.map(([name, value]) => {
        const about = schema?.properties?.[name];
        return (
          <div key={name} className={classes.setting}>
            <div className={classes.settingName}>
              {settingName(name, activity.type)}
              {about?.description !== undefined && <Help text={tServer(about.description)} />}
            </div>
            <div className={classes.settingValue}>
              <SettingValue name={name} value={value} />
            </div>
          </div>
        );
      })}
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

function SettingValue({ name, value }: { name: string; value: unknown }): ReactNode {
  if (name === 'html' && typeof value === 'string') {
    return (
      <div className={classes.preview}>
        <HtmlFrame html={value} title={t('email.preview')} />
      </div>
    );
  }
  if (name === 'content' && typeof value === 'string') return <ContentValue name={value} />;
  if (isRule(value)) return <RuleTree rule={value} label={settingName(name, name)} />;
  if (name === 'limit')
    return limitWords(value) ?? <ObjectValue name={name} value={Object(value)} />;
  if (Array.isArray(value)) return <ListValue name={name} values={value} />;
  if (typeof value === 'object' && value !== null) return <ObjectValue name={name} value={value} />;
  return <PlainValue value={value} />;
}

/** A message that is kept as a document of its own. */
function ContentValue({ name }: { name: string }) {
  const content = useContent(name);
  if (content.isPending) return name;
  if (content.isError) return `${name}: ${sentence(content.error.message)}`;
  const { label, subject, preheader, html, text } = content.data;
  return (
    <>
      <div>{label ?? name}</div>
      <ObjectValue
        name="content"
        value={Object.fromEntries(
          Object.entries({ subject, preheader, text }).filter(([, part]) => part !== undefined),
        )}
      />
      {html !== undefined && <SettingValue name="html" value={html} />}
    </>
  );
}

function settingName(name: string, parent: string): string {
  return fieldName(name, parent) ?? humanize(name);
}

/** `{percent: 50}` → `50 %`; `undefined` for what is more than one number. */
function limitWords(value: unknown): string | undefined {
  if (typeof value === 'number') return formatCount(value);
  if (typeof value !== 'object' || value === null) return undefined;
  const [first, ...others] = Object.entries(value);
  if (first === undefined || others.length > 0) return undefined;
  const [unit, amount] = first;
  if (unit === 'number' && typeof amount === 'number') return formatCount(amount);
  return unit === 'percent' ? `${String(amount)} %` : undefined;
}

function PlainValue({ value }: { value: unknown }) {
  if (typeof value === 'boolean') return value ? t('common.yes') : t('common.no');
  if (typeof value === 'number') return formatCount(value);
  const text = String(value);
  return text.length > INLINE_MAX ? <pre className={classes.long}>{text}</pre> : text;
}

function ListValue({ name, values }: { name: string; values: unknown[] }) {
  if (values.length === 0) return <span className={classes.none}>{t('word.none')}</span>;
  const simple = values.every((value) => typeof value !== 'object' || value === null);
  if (simple) {
    return (
      <div className={classes.tags}>
        {values.map((value, index) => (
          <Tag key={index}>{String(value)}</Tag>
        ))}
      </div>
    );
  }
  return (
    <ol className={classes.items}>
      {values.map((value, index) => (
        <li key={index}>
          <SettingValue name={name} value={value} />
        </li>
      ))}
    </ol>
  );
}

function ObjectValue({ name: of, value }: { name: string; value: object }) {
  return (
    <dl className={classes.object}>
      {Object.entries(value).map(([name, part]) => (
        <div key={name}>
          <dt>{settingName(name, of)}</dt>
          <dd>
            <SettingValue name={name} value={part} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
