import { ActionIcon, Alert, Button, Group, Menu, Text, Tooltip } from '@mantine/core';
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconArrowForwardUp,
  IconArrowLeft,
  IconDots,
  IconGitMerge,
  IconHistory,
  IconSettings,
  IconTrash,
} from '@tabler/icons-react';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useState, type KeyboardEvent } from 'react';
import {
  deleteContent,
  useContentDraft,
  useForgetContents,
  type ContentDraft,
} from '@/api/contents';
import { PropertiesDialog } from '@/features/contents/PropertiesDialog';
import { useContentEditor, type ContentEditor } from '@/features/contents/useContentEditor';
import { VersionsDialog } from '@/features/contents/VersionsDialog';
import { MailEditor } from '@/mail/MailEditor';
import { fragmentAsContent } from '@/mail/fragment';
import { t } from '@/i18n';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { sentence } from '@/ui/format';
import { ErrorState, LoadingRows } from '@/ui/states';
import classes from '@/features/contents/contents.module.css';

const route = getRouteApi('/contents/$kind/$name');

export function ContentPage() {
  const { kind, name } = route.useParams();
  const draft = useContentDraft(kind, name);
  if (draft.isPending) return <LoadingRows rows={8} label={t('common.loading')} />;
  if (draft.isError) {
    const retry = () => void draft.refetch();
    return (
      <ErrorState title={t('contents.cannotShow', { name })} error={draft.error} onRetry={retry} />
    );
  }
  return <Loaded key={`${kind}/${name}`} draft={draft.data} />;
}

function Loaded({ draft }: { draft: ContentDraft }) {
  const editor = useContentEditor(draft);
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { document } = editor;
  const isFragment = document.kind === 'fragment';
  const rows = useMemo(
    () => (document.dimension === undefined ? undefined : { dimension: document.dimension }),
    [document.dimension],
  );
  const asContent = useMemo(
    () => (isFragment ? fragmentAsContent(document) : document),
    [document, isFragment],
  );
  const label = document.label ?? document.name;
  useEffect(() => {
    window.document.title = `${label} · Tutti`;
  }, [label]);

  return (
    <div className={classes.page} onKeyDown={undoKeys(editor)}>
      <Bar editor={editor} />
      <Notices editor={editor} />
      <MailEditor
        message={document}
        document={asContent}
        rows={rows}
        channel={undefined}
        isFragment={isFragment}
        view={search.view ?? (document.mjml === undefined ? 'both' : 'design')}
        onView={(view) => void navigate({ search: { view }, replace: true })}
        onChange={editor.change}
      />
    </div>
  );
}

/** Undo and redo of the whole content, where no field has its own. */
function undoKeys(editor: ContentEditor) {
  return (event: KeyboardEvent) => {
    const { target } = event;
    const typing = target instanceof HTMLElement && target.closest('input, textarea, .cm-editor');
    if (!(event.ctrlKey || event.metaKey) || typing) return;
    const key = event.key.toLowerCase();
    if (key === 'z' && !event.shiftKey) editor.undo();
    else if (key === 'y' || key === 'z') editor.redo();
    else return;
    event.preventDefault();
  };
}

function Bar({ editor }: { editor: ContentEditor }) {
  const [open, setOpen] = useState<'versions' | 'properties' | 'discard' | 'delete'>();
  const [saving, setSaving] = useState(false);
  const navigate = useNavigate();
  const forget = useForgetContents();
  const { document, state, dirty } = editor;
  const name = document.label ?? document.name;
  const close = () => setOpen(undefined);
  const save = async () => {
    setSaving(true);
    await editor.save().finally(() => setSaving(false));
  };
  const remove = async () => {
    await deleteContent(document.kind, document.name);
    await forget();
    await navigate({ to: '/contents' });
  };
  return (
    <header className={classes.bar}>
      <Tooltip label={t('contents.back')}>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t('contents.back')}
          component={Link}
          to="/contents"
        >
          <IconArrowLeft size={18} />
        </ActionIcon>
      </Tooltip>
      <h1>{document.label ?? document.name}</h1>
      <span className={classes.save}>{t('contents.version', { n: editor.version })}</span>
      <span className={classes.fill} />
      <span className={classes.save} data-state={state} role="status">
        {state === 'kept' && dirty ? t('save.draftKept') : t(`save.${state}`)}
      </span>
      <Group gap={2}>
        <Tooltip label={t('toolbar.undo')}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('toolbar.undo')}
            disabled={!editor.canUndo}
            onClick={editor.undo}
          >
            <IconArrowBackUp size={18} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={t('toolbar.redo')}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('toolbar.redo')}
            disabled={!editor.canRedo}
            onClick={editor.redo}
          >
            <IconArrowForwardUp size={18} />
          </ActionIcon>
        </Tooltip>
      </Group>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" aria-label={t('contents.moreActions')}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconSettings size={15} />} onClick={() => setOpen('properties')}>
            {t('properties.properties')}
          </Menu.Item>
          <Menu.Item leftSection={<IconHistory size={15} />} onClick={() => setOpen('versions')}>
            {t('contents.versions')}
          </Menu.Item>
          <Menu.Item
            disabled={!dirty}
            leftSection={<IconArrowBackUp size={15} />}
            onClick={() => setOpen('discard')}
          >
            {t('contents.discard')}
          </Menu.Item>
          <Menu.Item
            color="red"
            leftSection={<IconTrash size={15} />}
            onClick={() => setOpen('delete')}
          >
            {t('contents.delete')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Button
        size="sm"
        loading={saving}
        disabled={!dirty || state === 'conflict'}
        onClick={() => void save()}
      >
        {t('contents.saveVersion')}
      </Button>
      {open === 'versions' && <VersionsDialog editor={editor} onClose={close} />}
      {open === 'properties' && <PropertiesDialog editor={editor} onClose={close} />}
      {open === 'discard' && (
        <ConfirmDialog
          title={t('editor.discardTitle')}
          confirm={t('editor.discard')}
          danger
          onConfirm={editor.discard}
          onClose={close}
        >
          <Text size="sm">{t('editor.discardText', { n: editor.version })}</Text>
        </ConfirmDialog>
      )}
      {open === 'delete' && (
        <ConfirmDialog
          title={t('contents.deleteTitle', { name })}
          confirm={t('contents.delete')}
          danger
          onConfirm={remove}
          onClose={close}
        >
          <Text size="sm">{t('contents.deleteText')}</Text>
        </ConfirmDialog>
      )}
    </header>
  );
}

function Notices({ editor }: { editor: ContentEditor }) {
  const { conflict, failure, settle } = editor;
  if (conflict !== undefined) {
    return (
      <Alert
        color="orange"
        icon={<IconGitMerge size={18} />}
        title={t('conflict.title')}
        radius={0}
      >
        {t('contents.conflict', { fields: conflict.merged.conflicts.join(', ') })}
        <Group gap={8} mt={8}>
          <Button size="xs" onClick={() => settle('mine')}>
            {t('conflict.mine')}
          </Button>
          <Button size="xs" variant="default" onClick={() => settle('theirs')}>
            {t('conflict.theirs')}
          </Button>
        </Group>
      </Alert>
    );
  }
  if (failure === undefined) return null;
  return (
    <Alert
      color="red"
      icon={<IconAlertTriangle size={18} />}
      title={t('contents.notSaved')}
      radius={0}
    >
      {sentence(failure)}
    </Alert>
  );
}
