import { Alert, Button, Group } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { Dialog } from '@/ui/Dialog';
import { sentence } from '@/ui/format';
import { t } from '@/i18n';

export interface ConfirmProps {
  title: string;
  /** The deed, on the button that does it. */
  confirm: string;
  /** What stays as it is, on the other button. */
  cancel?: string;
  /** It takes something away for good. */
  danger?: boolean;
  disabled?: boolean;
  size?: number | string;
  /** Does it; what goes wrong is told in the dialog, which then stays. */
  onConfirm: () => unknown;
  onClose: () => void;
  /** What will happen. */
  children?: ReactNode;
}

/** Asks before something is done that cannot be taken back. */
export function ConfirmDialog(props: ConfirmProps) {
  const { title, confirm, cancel, danger = false, disabled, size, onConfirm, onClose } = props;
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  async function go() {
    setBusy(true);
    setFailure(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (cause) {
      setFailure(cause instanceof Error ? cause.message : String(cause));
    } finally {
      setBusy(false);
    }
  }
  return (
    <Dialog onClose={onClose} title={title} size={size}>
      {props.children}
      {failure !== undefined && (
        <Alert mt="md" icon={<IconAlertTriangle size={18} />} title={t('confirm.failed')}>
          {sentence(failure)}
        </Alert>
      )}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" data-autofocus={danger || undefined} onClick={onClose}>
          {cancel ?? t('common.cancel')}
        </Button>
        <Button
          color={danger ? 'red' : undefined}
          data-autofocus={!danger || undefined}
          loading={busy}
          disabled={disabled}
          onClick={() => void go()}
        >
          {confirm}
        </Button>
      </Group>
    </Dialog>
  );
}
