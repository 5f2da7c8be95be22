import { Alert, Button, Group, Menu, Modal, Stack, Text, TextInput } from '@mantine/core';
import { IconBookmark, IconDeviceFloppy, IconTrash } from '@tabler/icons-react';
import { useQueries } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { apiGet } from '@/api/client';
import { useDocuments } from '@/api/documents';
import { useViewWork, type ViewDocument } from '@/api/library';
import type { CampaignsSearch } from '@/features/campaigns/search';
import { searchOf, viewOf } from '@/features/campaigns/views';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { nameFrom } from '@/ui/names';
import { t } from '@/i18n';
import { sentence } from '@/ui/format';
import classes from '@/features/campaigns/campaigns.module.css';

interface Props {
  search: CampaignsSearch;
  onSearch: (search: CampaignsSearch) => void;
}

/** What somebody looks at often, kept for everybody. */
export function ViewsMenu({ search, onSearch }: Props) {
  const heads = useDocuments('view').data ?? [];
  const views = useQueries({
    queries: heads.map(({ name, version }) => ({
      queryKey: ['documents', 'view', name, version],
      queryFn: () => apiGet<ViewDocument>(`/documents/view/${encodeURIComponent(name)}`),
      staleTime: Infinity,
    })),
    combine: (results) => results.flatMap(({ data }) => (data === undefined ? [] : [data])),
  });
  const { remove } = useViewWork();
  const [keeping, setKeeping] = useState(false);
  const [deleting, setDeleting] = useState<ViewDocument>();
  return (
    <>
      <Menu position="bottom-start" width={280}>
        <Menu.Target>
          <Button variant="default" leftSection={<IconBookmark size={16} />}>
            {t('views.menu')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => onSearch({})}>{t('views.all')}</Menu.Item>
          {views.map((view) => (
            <div key={view.name} className={classes.view} role="none">
              <Menu.Item onClick={() => onSearch(searchOf(view))}>
                {view.label ?? view.name}
              </Menu.Item>
              <Menu.Item
                w="auto"
                aria-label={t('views.delete', { name: view.label ?? view.name })}
                onClick={() => setDeleting(view)}
              >
                <IconTrash size={15} />
              </Menu.Item>
            </div>
          ))}
          <Menu.Divider />
          <Menu.Item leftSection={<IconDeviceFloppy size={15} />} onClick={() => setKeeping(true)}>
            {t('views.save')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {keeping && (
        <KeepDialog
          search={search}
          taken={heads.map(({ name }) => name)}
          onClose={() => setKeeping(false)}
        />
      )}
      {deleting !== undefined && (
        <ConfirmDialog
          title={t('views.delete', { name: deleting.label ?? deleting.name })}
          confirm={t('life.delete')}
          danger
          onConfirm={() => remove.mutateAsync(deleting.name)}
          onClose={() => setDeleting(undefined)}
        >
          <Text size="sm">{t('views.deleteText')}</Text>
        </ConfirmDialog>
      )}
    </>
  );
}

interface KeepProps {
  search: CampaignsSearch;
  taken: string[];
  onClose: () => void;
}

function KeepDialog({ search, taken, onClose }: KeepProps) {
  const [label, setLabel] = useState('');
  const { keep } = useViewWork();
  const confirm = (event: FormEvent) => {
    event.preventDefault();
    keep.mutate(viewOf(nameFrom(label, taken), label, search), { onSuccess: onClose });
  };
  return (
    <Modal opened onClose={onClose} title={t('views.saveTitle')}>
      <form onSubmit={confirm}>
        <Stack gap="md">
          <TextInput
            data-autofocus
            label={t('views.label')}
            value={label}
            onChange={({ currentTarget }) => setLabel(currentTarget.value)}
          />
          {keep.error !== null && <Alert color="red">{sentence(keep.error.message)}</Alert>}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={keep.isPending} disabled={label.trim() === ''}>
              {t('views.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
