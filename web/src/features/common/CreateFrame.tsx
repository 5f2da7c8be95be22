import { Alert, Button, Group, Modal, Radio, Stack, TextInput } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { sentence } from '@/ui/format';
import { t } from '@/i18n';

export interface Start<S extends string> {
  id: S;
  title: string;
  text: string;
  picture?: ReactNode;
  disabled?: boolean;
}

interface Props<S extends string> {
  title: string;
  size: number;
  label: string;
  /** What it is called where nobody says. */
  untitled: string;
  /** In commands and links. */
  name: string;
  onLabel: (label: string) => void;
  /** Other questions beside the label. */
  beside?: ReactNode;
  starts: Start<S>[];
  start: S;
  onStart: (start: S) => void;
  classes: { starts: string | undefined; start: string | undefined };
  failed: string;
  disabled?: boolean;
  onCreate: () => Promise<void>;
  onClose: () => void;
  children?: ReactNode;
}

/** Something new: what it is called, and what it starts with. */
export function CreateFrame<S extends string>(props: Props<S>) {
  const { title, untitled, name, beside, starts, start, classes, children } = props;
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  async function create(event: FormEvent) {
    event.preventDefault();
    setError(undefined);
    setBusy(true);
    try {
      await props.onCreate();
    } catch (cause) {
      setError(cause instanceof Error ? cause.message : String(cause));
    } finally {
      setBusy(false);
    }
  }
  return (
    <Modal opened onClose={props.onClose} title={title} size={props.size}>
      <form onSubmit={(event) => void create(event)}>
        <Stack gap="md">
          <Group grow align="flex-start">
            <TextInput
              data-autofocus
              label={t('create.label')}
              description={t('create.name', { name })}
              placeholder={untitled}
              value={props.label}
              onChange={({ currentTarget }) => props.onLabel(currentTarget.value)}
            />
            {beside}
          </Group>
          <Radio.Group
            label={t('create.starter')}
            value={start}
            onChange={(next) => props.onStart(next as S)}
          >
            <div className={classes.starts}>
              {starts.map(({ id, title: words, text, picture, disabled }) => (
                <Radio.Card key={id} value={id} className={classes.start} disabled={disabled}>
                  {picture}
                  <b>{words}</b>
                  <span>{text}</span>
                </Radio.Card>
              ))}
            </div>
          </Radio.Group>
          {children}
          {error !== undefined && (
            <Alert color="red" icon={<IconAlertTriangle size={18} />} title={props.failed}>
              {sentence(error)}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={props.onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={busy} disabled={props.disabled}>
              {t('create.create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
