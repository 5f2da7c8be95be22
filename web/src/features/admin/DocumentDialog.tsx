import { Alert, Button, Group, Modal, Stack, Textarea } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { stringify } from 'yaml';
import { useApplyText, useDeleteDocument, useDocument } from '@/api/admin';
import { ApiError } from '@/api/client';
import { starterOf } from '@/features/admin/starters';
import { sentence } from '@/ui/format';
import { ErrorState, LoadingRows } from '@/ui/states';
import classes from '@/features/admin/admin.module.css';
import { t, tMaybe } from '@/i18n';

interface Props {
  kind: string;
  /** Without it, a new one. */
  name: string | undefined;
  onClose: () => void;
}

/** The text of a document, checked by the server when it is saved. */
export function DocumentDialog({ kind, name, onClose }: Props) {
  const document = useDocument(kind, name);
  const title = name ?? t('admin.new', { kind: tMaybe('admin.kind', kind) ?? kind });
  return (
    <Modal opened onClose={onClose} size={760} title={title}>
      {name !== undefined && document.isPending && <LoadingRows label={t('common.loading')} />}
      {document.isError && <ErrorState title={t('admin.cannot')} error={document.error} />}
      {(name === undefined || document.isSuccess) && (
        <Editor
          kind={kind}
          name={name}
          start={name === undefined ? starterOf(kind) : stringify(document.data)}
          onClose={onClose}
        />
      )}
    </Modal>
  );
}

function Editor({ kind, name, start, onClose }: Props & { start: string }) {
  const [text, setText] = useState(start);
  const apply = useApplyText();
  const remove = useDeleteDocument();
  const error = apply.error ?? remove.error;
  const items = error instanceof ApiError ? error.items : [];
  return (
    <Stack gap="sm">
      <Textarea
        autosize
        minRows={12}
        maxRows={28}
        spellCheck={false}
        classNames={{ input: classes.code }}
        label={t('admin.text')}
        description={tMaybe('admin.about', kind)}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
      {error !== null && (
        <Alert color="red" role="alert" title={sentence(error.message)}>
          <ul className={classes.steps}>
            {items.map(({ message, hint, pointer }, index) => (
              <li key={index}>
                {pointer && <code>{pointer}</code>} {sentence(message)} {hint && sentence(hint)}
              </li>
            ))}
          </ul>
        </Alert>
      )}
      <Group justify="space-between">
        {name === undefined ? (
          <span />
        ) : (
          <Button
            variant="subtle"
            color="red"
            leftSection={<IconTrash size={15} />}
            loading={remove.isPending}
            onClick={() => {
              if (confirm(t('admin.sure', { name }))) {
                remove.mutate({ kind, name }, { onSuccess: onClose });
              }
            }}
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
            onClick={() => apply.mutate(text, { onSuccess: onClose })}
          >
            {t('admin.save')}
          </Button>
        </Group>
      </Group>
    </Stack>
  );
}
