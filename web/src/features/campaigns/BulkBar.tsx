import { Button, Group, Modal, TagsInput, Text, TextInput } from '@mantine/core';
import {
  IconArchive,
  IconArchiveOff,
  IconArrowBackUp,
  IconFolder,
  IconLock,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
  IconRocket,
  IconTag,
  IconTagOff,
  IconTrash,
  IconX,
  type Icon,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useBulk, type BulkLine, type BulkMove, type BulkRequest } from '@/api/library';
import { t, type WordKey } from '@/i18n';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { sentence } from '@/ui/format';
import classes from '@/features/campaigns/campaigns.module.css';

interface Props {
  names: string[];
  labelOf: (name: string) => string;
  tags: string[];
  folders: string[];
  onDone: () => void;
}

/** What becomes of them, each after a question. */
const MOVES: { action: BulkMove; word: WordKey; Icon: Icon }[] = [
  { action: 'publish', word: 'life.publish', Icon: IconRocket },
  { action: 'unpublish', word: 'life.unpublish', Icon: IconArrowBackUp },
  { action: 'suspend', word: 'life.suspend', Icon: IconPlayerPause },
  { action: 'continue', word: 'life.continue', Icon: IconPlayerPlay },
  { action: 'close', word: 'life.close', Icon: IconLock },
  { action: 'stop', word: 'life.stop', Icon: IconPlayerStop },
  { action: 'archive', word: 'life.archive', Icon: IconArchive },
  { action: 'unarchive', word: 'life.restore', Icon: IconArchiveOff },
  { action: 'delete', word: 'life.delete', Icon: IconTrash },
];
const FOR_GOOD: BulkMove[] = ['stop', 'delete'];
/** Names that stand in a question; of more, only their number does. */
const NAMED_MAX = 12;

/** What can be done with all chosen campaigns at once; each says what came of it. */
export function BulkBar({ names, labelOf, tags, folders, onDone }: Props) {
  const [asking, setAsking] = useState<'tag' | 'untag' | 'folder' | BulkMove>();
  const [left, setLeft] = useState<BulkLine[]>([]);
  const bulk = useBulk();
  const move = MOVES.find(({ action }) => action === asking);
  const change = async (request: Omit<BulkRequest, 'campaigns'>) => {
    const lines = await bulk.mutateAsync({ campaigns: names, ...request });
    const refused = lines.filter(({ done }) => !done);
    setLeft(refused);
    if (refused.length === 0) onDone();
  };
  const doIt = (request: Omit<BulkRequest, 'campaigns'>) => {
    setAsking(undefined);
    void change(request).catch(() => undefined);
  };
  const button = (label: string, Icon: Icon, onClick: () => void) => (
    <Button
      key={label}
      size="compact-sm"
      variant="default"
      leftSection={<Icon size={14} />}
      disabled={bulk.isPending}
      onClick={onClick}
    >
      {label}
    </Button>
  );
  return (
    <div className={classes.bulk} role="toolbar" aria-label={t('bulk.label')}>
      <b>{t('bulk.chosen', { n: names.length })}</b>
      {button(t('bulk.tag'), IconTag, () => setAsking('tag'))}
      {button(t('bulk.untag'), IconTagOff, () => setAsking('untag'))}
      {button(t('bulk.move'), IconFolder, () => setAsking('folder'))}
      {MOVES.map(({ action, word, Icon }) => button(t(word), Icon, () => setAsking(action)))}
      <Button
        size="compact-sm"
        variant="subtle"
        color="gray"
        leftSection={<IconX size={14} />}
        onClick={onDone}
      >
        {t('bulk.none')}
      </Button>
      {bulk.isError && (
        <Text size="sm" c="red" role="alert">
          {sentence(bulk.error.message)}
        </Text>
      )}
      {left.length > 0 && <Left lines={left} labelOf={labelOf} />}
      {(asking === 'tag' || asking === 'untag') && (
        <Ask
          title={t(`bulk.${asking}`)}
          confirm={asking === 'tag' ? t('bulk.add') : t('bulk.removeTags')}
          known={tags}
          onClose={() => setAsking(undefined)}
          onTags={(chosen) => doIt({ action: asking, tags: chosen })}
        />
      )}
      {asking === 'folder' && (
        <AskFolder
          known={folders}
          onClose={() => setAsking(undefined)}
          onFolder={(folder) => doIt({ action: 'move', folder })}
        />
      )}
      {move !== undefined && (
        <ConfirmDialog
          title={t('bulk.ask', { deed: t(move.word), n: names.length })}
          confirm={t(move.word)}
          danger={FOR_GOOD.includes(move.action)}
          onConfirm={() => change({ action: move.action })}
          onClose={() => setAsking(undefined)}
        >
          <Text size="sm">{t(`bulk.text.${move.action}`)}</Text>
          {names.length <= NAMED_MAX && (
            <ul className={classes.named}>
              {names.map((name) => (
                <li key={name}>{labelOf(name)}</li>
              ))}
            </ul>
          )}
        </ConfirmDialog>
      )}
    </div>
  );
}

/** The campaigns that it was not done with, and why. */
function Left({ lines, labelOf }: { lines: BulkLine[]; labelOf: (name: string) => string }) {
  return (
    <div className={classes.left} role="alert">
      <b>{t('bulk.failed', { n: lines.length })}</b>
      <ul>
        {lines.map(({ campaign, message, hint }) => (
          <li key={campaign}>
            {labelOf(campaign)}: {sentence(message ?? '')} {hint !== null && sentence(hint)}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Ask({
  title,
  confirm,
  known,
  onClose,
  onTags,
}: {
  title: string;
  confirm: string;
  known: string[];
  onClose: () => void;
  onTags: (tags: string[]) => void;
}) {
  const [value, setValue] = useState<string[]>([]);
  return (
    <Modal opened onClose={onClose} title={title}>
      <TagsInput
        data-autofocus
        label={t('bulk.tags')}
        data={known}
        value={value}
        onChange={setValue}
      />
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button disabled={value.length === 0} onClick={() => onTags(value)}>
          {confirm}
        </Button>
      </Group>
    </Modal>
  );
}

function AskFolder({
  known,
  onClose,
  onFolder,
}: {
  known: string[];
  onClose: () => void;
  onFolder: (folder: string) => void;
}) {
  const [value, setValue] = useState('');
  return (
    <Modal opened onClose={onClose} title={t('bulk.move')}>
      <TextInput
        data-autofocus
        label={t('bulk.folder')}
        description={known.length > 0 ? t('bulk.folders', { names: known.join(', ') }) : undefined}
        value={value}
        onChange={({ currentTarget }) => setValue(currentTarget.value)}
      />
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button onClick={() => onFolder(value.trim())}>{t('bulk.move')}</Button>
      </Group>
    </Modal>
  );
}
