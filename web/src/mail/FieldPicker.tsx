import { Collapse, UnstyledButton } from '@mantine/core';
import { IconChevronRight, IconRepeat } from '@tabler/icons-react';
import { useState } from 'react';
import { usePersonalization, type PersonalField, type RowsAsked } from '@/api/contents';
import { useDocuments } from '@/api/documents';
import { fieldSnippets, loopSnippet } from '@/mail/snippets';
import { t } from '@/i18n';
import { SearchInput } from '@/ui/SearchInput';
import { ErrorState, LoadingRows } from '@/ui/states';
import classes from '@/mail/mail.module.css';

interface Props {
  rows: RowsAsked | undefined;
  onPick: (text: string) => void;
}

/** What there truly is to personalize with, found by typing. */
export function FieldPicker({ rows, onPick }: Props) {
  const [search, setSearch] = useState('');
  const found = usePersonalization(rows ?? {}, rows !== undefined);
  const fragments = useDocuments('fragment').data ?? [];
  if (rows === undefined) return <p className={classes.help}>{t('personal.noDimension')}</p>;
  if (found.isPending) return <LoadingRows label={t('common.loading')} />;
  if (found.isError) {
    const retry = () => void found.refetch();
    return <ErrorState title={t('personal.failed')} error={found.error} onRetry={retry} />;
  }
  const words = search.trim().toLowerCase();
  const fits = (...texts: (string | undefined)[]) =>
    texts.some((text) => text?.toLowerCase().includes(words) ?? false);
  const { fields, collections, other_links, variables, links } = found.data;
  const of = (source: PersonalField['source']) =>
    fields.filter((field) => field.source === source && fits(field.path, field.label));
  const plain = (list: { name: string; text: string; about?: string }[]) =>
    list
      .filter(({ name, about }) => fits(name, about))
      .map(({ name, text, about }) => (
        <li key={name}>
          <UnstyledButton className={classes.pick} onClick={() => onPick(text)}>
            <span className={classes.pickName}>{name}</span>
            {about !== undefined && <span className={classes.sample}>{about}</span>}
          </UnstyledButton>
        </li>
      ));
  return (
    <div className={classes.picker}>
      <SearchInput label={t('personal.search')} width="100%" value={search} onChange={setSearch} />
      <Group title={t('personal.added')} items={of('added').map(fieldItem(onPick))} />
      <Group
        title={t('personal.collections')}
        items={collections
          .filter(({ path, label }) => fits(path, label))
          .map((collection) => (
            <li key={collection.path}>
              <UnstyledButton
                className={classes.pick}
                onClick={() => onPick(loopSnippet(collection))}
              >
                <span className={classes.pickName}>
                  <IconRepeat size={13} aria-hidden /> {collection.label ?? collection.path}
                </span>
                <span className={classes.sample}>
                  {collection.columns.map(({ name }) => name).join(', ')}
                </span>
              </UnstyledButton>
            </li>
          ))}
      />
      <Group title={t('personal.fields')} items={of('own').map(fieldItem(onPick))} />
      <Group title={t('personal.linked')} items={of('link').map(fieldItem(onPick))} />
      <Group
        title={t('personal.variables')}
        items={plain(
          variables.map(({ name, value }) => ({
            name: `variables.${name}`,
            text: `{{ variables.${name} }}`,
            ...(value !== undefined && value !== null && { about: String(value) }),
          })),
        )}
      />
      <Group
        title={t('personal.links')}
        items={plain(links.map(({ name, about }) => ({ name, text: `{{ ${name} }}`, about })))}
      />
      <Group
        title={t('personal.fragments')}
        items={plain(
          fragments.map(({ name, label }) => ({
            name,
            text: `{% include "${name}" %}`,
            ...(label !== null && { about: label }),
          })),
        )}
      />
      {other_links.length > 0 && words === '' && (
        <p className={classes.help}>
          {t('personal.otherLinks', { links: other_links.map(({ path }) => path).join(', ') })}
        </p>
      )}
    </div>
  );
}

function Group({ title, items }: { title: string; items: React.ReactNode[] }) {
  if (items.length === 0) return null;
  return (
    <section aria-label={title}>
      <h3 className={classes.pickTitle}>{title}</h3>
      <ul className={classes.picks}>{items}</ul>
    </section>
  );
}

function fieldItem(onPick: (text: string) => void) {
  return function item(field: PersonalField) {
    return <FieldItem key={field.path} field={field} onPick={onPick} />;
  };
}

/** A field: a click writes it; behind the arrow are other ways to write it. */
function FieldItem({ field, onPick }: { field: PersonalField; onPick: (text: string) => void }) {
  const [open, setOpen] = useState(false);
  const { path, label, type, samples } = field;
  const ways = fieldSnippets(path, type);
  const [first] = ways;
  const name = label ?? path;
  return (
    <li>
      <div className={classes.pickLine}>
        <UnstyledButton
          className={classes.pick}
          onClick={() => first !== undefined && onPick(first.text)}
          title={first?.text}
        >
          <span className={classes.pickName}>{name}</span>
          <span className={classes.sample}>
            {samples.length > 0 ? samples.map(String).join(', ') : type}
          </span>
        </UnstyledButton>
        <UnstyledButton
          className={classes.more}
          aria-expanded={open}
          aria-label={t('personal.ways', { name })}
          onClick={() => setOpen(!open)}
        >
          <IconChevronRight size={15} data-open={open} />
        </UnstyledButton>
      </div>
      <Collapse expanded={open}>
        <ul className={classes.ways}>
          {ways.map((way) => (
            <li key={way.text}>
              <UnstyledButton className={classes.way} onClick={() => onPick(way.text)}>
                {t(way.label)}
                <code>{way.text}</code>
              </UnstyledButton>
            </li>
          ))}
        </ul>
      </Collapse>
    </li>
  );
}
