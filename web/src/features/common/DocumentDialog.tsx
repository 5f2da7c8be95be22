import { Alert, Button, Group, Modal, SegmentedControl, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconTrash } from '@tabler/icons-react';
import { useMemo, useState, type ReactNode } from 'react';
import { stringify } from 'yaml';
import {
  useApplyText,
  useDeleteDocument,
  useDocument,
  useValidation,
  type TextItem,
  type Validation,
} from '@/api/admin';
import { ApiError } from '@/api/client';
import { keepsName, marksOf } from '@/features/common/documentText';
import { DocumentVersions } from '@/features/common/DocumentVersions';
import { CodeEditor } from '@/ui/CodeEditor';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { sentence } from '@/ui/format';
import { ErrorState, LoadingRows } from '@/ui/states';
import classes from '@/features/common/document.module.css';
import { t, tMaybe } from '@/i18n';

/** The text is checked when nothing was typed for so long. */
const SETTLE_MS = 400;

/** A form over the text of a document, which stays what is saved. */
export type DocumentForm = (props: { text: string; onChange: (text: string) => void }) => ReactNode;

interface Props {
  kind: string;
  /** Without it, a new one. */
  name: string | undefined;
  /** What people call it. */
  label?: string | undefined;
  /** What a new one begins with. */
  start: string;
  form?: DocumentForm | undefined;
  onClose: () => void;
}

type View = 'form' | 'text' | 'versions';

/** A document as a form and as text, checked as one types, with its versions. */
export function DocumentDialog({ kind, name, label, start, form, onClose }: Props) {
  const document = useDocument(kind, name);
  const [changed, setChanged] = useState(false);
  const title =
    name === undefined ? t('admin.new', { kind: tMaybe('admin.kind', kind) ?? kind }) : label;
  return (
    <Modal
      opened
      onClose={onClose}
      size={900}
      title={title ?? name}
      // What was typed is not lost by a slip of the hand.
      closeOnClickOutside={!changed}
      closeOnEscape={!changed}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {name !== undefined && document.isPending && <LoadingRows label={t('common.loading')} />}
      {document.isError && (
        <ErrorState
          title={t('admin.cannot')}
          error={document.error}
          onRetry={() => void document.refetch()}
        />
      )}
      {(name === undefined || document.isSuccess) && (
        <Editor
          kind={kind}
          name={name}
          start={name === undefined ? start : stringify(document.data, { lineWidth: 110 })}
          form={form}
          onChanged={setChanged}
          onClose={onClose}
        />
      )}
    </Modal>
  );
}

function Editor(props: Omit<Props, 'label'> & { onChanged: (changed: boolean) => void }) {
  const { kind, name, start, form, onChanged, onClose } = props;
  const [text, setText] = useState(start);
  const [view, setView] = useState<View>(form === undefined ? 'text' : 'form');
  const [deleting, setDeleting] = useState(false);
  const [settled] = useDebouncedValue(text, SETTLE_MS);
  const validation = useValidation(settled);
  const apply = useApplyText();
  const remove = useDeleteDocument();
  const found = foundBy(validation.data, validation.error);
  const marks = useMemo(() => marksOf(found), [found]);
  const renamed = name !== undefined && !keepsName(text, kind, name);
  const change = (next: string) => {
    setText(next);
    apply.reset();
    onChanged(next !== start);
  };
  const views = [
    ...(form === undefined ? [] : [{ value: 'form', label: t('data.form') }]),
    { value: 'text', label: t('data.text') },
    ...(name === undefined ? [] : [{ value: 'versions', label: t('contents.versions') }]),
  ];
  return (
    <Stack gap="sm">
      {views.length > 1 && (
        <SegmentedControl
          size="xs"
          aria-label={t('data.view')}
          value={view}
          onChange={(next) => setView(next as View)}
          data={views}
        />
      )}
      {view === 'versions' && name !== undefined ? (
        <DocumentVersions kind={kind} name={name} text={text} onRestored={onClose} />
      ) : (
        <>
          <Text size="sm" c="dimmed">
            {tMaybe('admin.about', kind)}
          </Text>
          {view === 'form' && form !== undefined ? (
            form({ text, onChange: change })
          ) : (
            <CodeEditor label={t('admin.text')} value={text} marks={marks} onChange={change} />
          )}
          <Findings
            found={found}
            failed={apply.error}
            checking={validation.isFetching || settled !== text}
            renamed={renamed ? name : undefined}
          />
          <Group justify="space-between">
            {name === undefined ? (
              <span />
            ) : (
              <Button
                variant="subtle"
                color="red"
                leftSection={<IconTrash size={15} />}
                onClick={() => setDeleting(true)}
              >
                {t('admin.delete')}
              </Button>
            )}
            <Group>
              <Button variant="default" onClick={onClose}>
                {t('common.cancel')}
              </Button>
              <Button
                loading={apply.isPending}
                disabled={renamed}
                onClick={() => apply.mutate(text, { onSuccess: onClose })}
              >
                {t('admin.save')}
              </Button>
            </Group>
          </Group>
        </>
      )}
      {deleting && name !== undefined && (
        <ConfirmDialog
          title={t('admin.deleteTitle', { name })}
          confirm={t('admin.delete')}
          danger
          onConfirm={async () => {
            await remove.mutateAsync({ kind, name });
            onClose();
          }}
          onClose={() => setDeleting(false)}
        >
          <Text size="sm">{t('admin.deleteText')}</Text>
        </ConfirmDialog>
      )}
    </Stack>
  );
}

const NOTHING: Validation = { errors: [], warnings: [] };

/** What the check found; a text that is none is refused as a whole. */
function foundBy(data: Validation | undefined, error: Error | null): Validation {
  if (error instanceof ApiError) {
    const items: TextItem[] = error.items.length > 0 ? error.items : [{ message: error.message }];
    return { errors: items, warnings: [] };
  }
  return data ?? NOTHING;
}

interface FindingsProps {
  found: Validation;
  /** Why it could not be saved. */
  failed: Error | null;
  checking: boolean;
  /** The name that it had, where the text says another. */
  renamed: string | undefined;
}

function Findings({ found, failed, checking, renamed }: FindingsProps) {
  const { errors, warnings } = found;
  const unsaved = failed instanceof ApiError && failed.items.length > 0 ? failed.items : undefined;
  const shown = unsaved ?? errors;
  return (
    <div className={classes.findings} role="status" aria-live="polite">
      {failed !== null && (
        <Alert color="red" role="alert" title={sentence(failed.message)}>
          <Items items={shown} />
        </Alert>
      )}
      {renamed !== undefined && (
        <Alert color="red" p="xs" role="group">
          {t('data.nameStays', { name: renamed })}
        </Alert>
      )}
      {failed === null && errors.length > 0 && (
        <Alert color="red" p="xs" role="group" title={t('data.errors', { n: errors.length })}>
          <Items items={errors} />
        </Alert>
      )}
      {warnings.length > 0 && (
        <Alert
          color="yellow"
          p="xs"
          role="group"
          title={t('data.warnings', { n: warnings.length })}
        >
          <Items items={warnings} />
        </Alert>
      )}
      {failed === null && errors.length + warnings.length === 0 && (
        <span className={classes.quiet}>{checking ? t('data.checking') : t('data.correct')}</span>
      )}
    </div>
  );
}

function Items({ items }: { items: TextItem[] }) {
  return (
    <ul className={classes.items}>
      {items.map(({ message, hint, pointer, line }, index) => (
        <li key={index}>
          {line !== undefined && line !== null && <b>{t('import.lineNo', { n: line })} </b>}
          {pointer && <code>{pointer}</code>} {sentence(message)} {hint && sentence(hint)}
        </li>
      ))}
    </ul>
  );
}
