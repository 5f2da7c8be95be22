import { Autocomplete, Button, FileButton, Group, Text } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useState } from 'react';
import { useFiles, useKeepFile } from '@/api/files';
import { t } from '@/i18n';
import type { FieldProps } from '@/ui/form/SchemaForm';
import { formatBytes, formatTime, sentence } from '@/ui/format';
import classes from '@/features/campaign/editor.module.css';

/** A file of the folder for files, chosen or put there; its name may also be computed. */
export function FileField({ label, help, required, value, onChange, error }: FieldProps) {
  const files = useFiles();
  const kept = useKeepFile();
  const [asked, setAsked] = useState<File>();
  const known = new Map((files.data ?? []).map((file) => [file.name, file]));
  const keep = (file: File) => {
    setAsked(undefined);
    kept.mutate({ file, name: file.name }, { onSuccess: ({ name }) => onChange(name) });
  };
  const take = (file: File | null) => {
    if (file === null) return;
    if (known.has(file.name)) setAsked(file);
    else keep(file);
  };
  const trouble = files.error ?? kept.error;
  return (
    <div className={classes.file}>
      <Autocomplete
        size="xs"
        label={label}
        description={help}
        error={error}
        withAsterisk={required}
        data={[...known.keys()]}
        limit={60}
        renderOption={({ option }) => {
          const file = known.get(option.value);
          return (
            <span>
              {option.value}{' '}
              {file !== undefined && (
                <small className={classes.fileFacts}>
                  {formatBytes(file.bytes)}, {formatTime(file.modified_at)}
                </small>
              )}
            </span>
          );
        }}
        value={typeof value === 'string' ? value : ''}
        onChange={(next) => onChange(next === '' && !required ? undefined : next)}
      />
      <FileButton onChange={take} key={kept.submittedAt}>
        {(props) => (
          <Button
            {...props}
            size="compact-xs"
            variant="default"
            style={{ alignSelf: 'flex-start' }}
            loading={kept.isPending}
            leftSection={<IconUpload size={13} />}
          >
            {t('file.upload')}
          </Button>
        )}
      </FileButton>
      {asked !== undefined && (
        <div role="alert">
          <Text size="xs">{t('file.there', { name: asked.name })}</Text>
          <Group gap={8} mt={6}>
            <Button size="compact-xs" onClick={() => keep(asked)}>
              {t('file.replace')}
            </Button>
            <Button size="compact-xs" variant="default" onClick={() => setAsked(undefined)}>
              {t('common.cancel')}
            </Button>
          </Group>
        </div>
      )}
      {trouble !== null && (
        <p className={classes.fieldError} role="alert">
          {sentence(trouble.message)}{' '}
          {files.error !== null && (
            <Button size="compact-xs" variant="subtle" onClick={() => void files.refetch()}>
              {t('common.again')}
            </Button>
          )}
        </p>
      )}
    </div>
  );
}
