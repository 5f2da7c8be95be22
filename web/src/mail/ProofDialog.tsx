import {
  Alert,
  Button,
  Group,
  Modal,
  NumberInput,
  Select,
  Stack,
  TagsInput,
  TextInput,
} from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconSend } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';
import { useSendProof, type RowsAsked } from '@/api/contents';
import { t } from '@/i18n';
import { sentence } from '@/ui/format';

const ADDRESSES_MAX = 10;
const ROWS_MAX = 5;
const KEPT_UNDER = 'tutti-proof-addresses';

interface Props {
  document: object;
  rows: RowsAsked;
  /** The first row whose values are shown. */
  offset: number;
  channel: string | undefined;
  channels: { value: string; label: string }[];
  onClose: () => void;
}

/** Sends the message as some rows would get it to those who look it over. */
export function ProofDialog({ document, rows, offset, channel, channels, onClose }: Props) {
  const [to, setTo] = useState<string[]>(keptAddresses);
  const [through, setThrough] = useState(channel ?? channels[0]?.value);
  const [prefix, setPrefix] = useState(t('proof.prefix'));
  const [count, setCount] = useState(1);
  const proof = useSendProof();

  function send(event: FormEvent) {
    event.preventDefault();
    if (through === undefined) return;
    localStorage.setItem(KEPT_UNDER, JSON.stringify(to));
    proof.mutate({
      document,
      rows,
      channel: through,
      offset,
      limit: count,
      to,
      subject_prefix: prefix === '' ? '' : `${prefix.trim()} `,
    });
  }

  return (
    <Modal opened onClose={onClose} title={t('proof.title')} size={520}>
      <form onSubmit={send}>
        <Stack gap="md">
          <TagsInput
            data-autofocus
            label={t('proof.to')}
            description={t('proof.toHelp', { max: ADDRESSES_MAX })}
            placeholder={to.length === 0 ? 'ann@shop.example' : ''}
            value={to}
            maxTags={ADDRESSES_MAX}
            splitChars={[',', ' ', ';']}
            acceptValueOnBlur
            onChange={setTo}
          />
          <Select
            label={t('proof.channel')}
            allowDeselect={false}
            data={channels}
            value={through ?? null}
            onChange={(next) => setThrough(next ?? undefined)}
          />
          <Group grow align="flex-start">
            <NumberInput
              label={t('proof.rows')}
              description={t('proof.rowsHelp', { n: offset + 1 })}
              min={1}
              max={ROWS_MAX}
              value={count}
              onChange={(next) => setCount(Number(next) || 1)}
            />
            <TextInput
              label={t('proof.prefixLabel')}
              description={t('proof.prefixHelp')}
              value={prefix}
              maxLength={38}
              onChange={({ currentTarget }) => setPrefix(currentTarget.value)}
            />
          </Group>
          {proof.isSuccess && (
            <Alert
              color="green"
              role="status"
              icon={<IconCircleCheck size={18} />}
              title={t('proof.sent', { n: proof.data.sent })}
            >
              {t('proof.sentText', { id: proof.data.proof })}
            </Alert>
          )}
          {proof.isError && (
            <Alert color="red" icon={<IconAlertTriangle size={18} />} title={t('proof.failed')}>
              {sentence(proof.error.message)}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t(proof.isSuccess ? 'common.close' : 'common.cancel')}
            </Button>
            <Button
              type="submit"
              leftSection={<IconSend size={16} />}
              loading={proof.isPending}
              disabled={to.length === 0 || through === undefined}
            >
              {t('proof.send')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function keptAddresses(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEPT_UNDER) ?? '[]');
    return Array.isArray(kept) ? kept.filter((each) => typeof each === 'string') : [];
  } catch {
    return [];
  }
}
