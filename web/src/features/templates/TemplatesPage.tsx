import { ActionIcon, Button, Group, Modal, Text, Tooltip } from '@mantine/core';
import { IconFilterOff, IconPlus, IconTemplate, IconTrash } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useActivityKinds } from '@/api/campaigns';
import { useDeleteTemplate, useTemplates, type TemplateHead } from '@/api/library';
import type { ActivityKind } from '@/api/types';
import { Picture } from '@/canvas/Picture';
import { readTemplatesSearch, type TemplatesSearch } from '@/features/templates/search';
import { templateWords } from '@/features/templates/words';
import { t } from '@/i18n';
import { formatCount } from '@/ui/format';
import { PageHeader } from '@/ui/PageHeader';
import { Tag } from '@/ui/Pill';
import { SearchInput } from '@/ui/SearchInput';
import { EmptyState, ErrorState, LoadingRows } from '@/ui/states';
import classes from '@/features/templates/templates.module.css';
import ui from '@/ui/ui.module.css';

const UseDialog = lazy(async () => ({
  default: (await import('@/features/templates/UseDialog')).UseDialog,
}));
const route = getRouteApi('/templates');

export function TemplatesPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const templates = useTemplates();
  const [deleting, setDeleting] = useState<TemplateHead>();
  const change = (part: TemplatesSearch) =>
    void navigate({ search: readTemplatesSearch({ ...search, ...part }), replace: true });
  return (
    <>
      <PageHeader title={t('templates.title')} subtitle={t('templates.subtitle')} />
      <Group mb={16}>
        <SearchInput
          label={t('templates.search')}
          value={search.search ?? ''}
          onChange={(text) => change({ search: text })}
        />
      </Group>
      <Content
        query={templates}
        search={search.search}
        onUse={(name) => change({ use: name })}
        onClear={() => change({ search: undefined })}
        onDelete={setDeleting}
      />
      {search.use !== undefined && (
        <Suspense>
          <UseDialog
            key={search.use}
            template={search.use}
            onClose={() => change({ use: undefined })}
          />
        </Suspense>
      )}
      {deleting !== undefined && (
        <DeleteDialog template={deleting} onClose={() => setDeleting(undefined)} />
      )}
    </>
  );
}

interface ContentProps {
  query: ReturnType<typeof useTemplates>;
  search: string | undefined;
  onUse: (name: string) => void;
  onClear: () => void;
  onDelete: (template: TemplateHead) => void;
}

function Content({ query, search, onUse, onClear, onDelete }: ContentProps) {
  const kinds = useActivityKinds().data;
  if (query.isPending) {
    return (
      <div className={ui.card}>
        <LoadingRows label={t('templates.loading')} />
      </div>
    );
  }
  if (query.isError) {
    const retry = () => void query.refetch();
    return <ErrorState title={t('templates.cannotList')} error={query.error} onRetry={retry} />;
  }
  const shown = query.data.filter((template) => fits(template, search));
  if (shown.length === 0) {
    return (
      <div className={ui.card}>
        <EmptyState icon={IconFilterOff} title={t('campaigns.noMatch')} tone="neutral">
          <Button mt="sm" size="xs" variant="default" onClick={onClear}>
            {t('campaigns.clear')}
          </Button>
        </EmptyState>
      </div>
    );
  }
  return (
    <ul className={classes.gallery} aria-label={t('templates.title')}>
      {shown.map((template) => (
        <Card
          key={template.name}
          template={template}
          kinds={kinds}
          onUse={() => onUse(template.name)}
          onDelete={() => onDelete(template)}
        />
      ))}
    </ul>
  );
}

interface CardProps {
  template: TemplateHead;
  kinds: ActivityKind[] | undefined;
  onUse: () => void;
  onDelete: () => void;
}

function Card({ template, kinds, onUse, onDelete }: CardProps) {
  const { label, description } = templateWords(template);
  return (
    <li className={classes.card}>
      <div className={classes.picture}>
        <Picture picture={template.picture} kinds={kinds} />
      </div>
      <div className={classes.words}>
        <h2>{label}</h2>
        <p>{description}</p>
        <div className={classes.tags}>
          <Tag>
            {template.built_in
              ? t('templates.builtIn')
              : t('templates.version', { version: template.version })}
          </Tag>
          <Tag>
            {t('templates.activities', {
              n: template.picture.activities.length,
              count: formatCount(template.picture.activities.length),
            })}
          </Tag>
          {template.tags.map((tag) => (
            <Tag key={tag}>{tag}</Tag>
          ))}
        </div>
      </div>
      <div className={classes.actions}>
        {!template.built_in && (
          <Tooltip label={t('templates.delete', { name: label })}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={34}
              aria-label={t('templates.delete', { name: label })}
              onClick={onDelete}
            >
              <IconTrash size={17} />
            </ActionIcon>
          </Tooltip>
        )}
        <Button
          variant="default"
          leftSection={<IconPlus size={16} />}
          aria-label={t('templates.useNamed', { name: label })}
          onClick={onUse}
        >
          {t('templates.use')}
        </Button>
      </div>
    </li>
  );
}

function DeleteDialog({ template, onClose }: { template: TemplateHead; onClose: () => void }) {
  const remove = useDeleteTemplate();
  const { label } = templateWords(template);
  return (
    <Modal opened onClose={onClose} title={t('templates.delete', { name: label })}>
      <Text size="sm">{t('templates.deleteText')}</Text>
      {remove.isError && <ErrorState title={t('confirm.failed')} error={remove.error} />}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button
          color="red"
          leftSection={<IconTemplate size={16} />}
          loading={remove.isPending}
          onClick={() => remove.mutate(template.name, { onSuccess: onClose })}
        >
          {t('life.delete')}
        </Button>
      </Group>
    </Modal>
  );
}

function fits(template: TemplateHead, search: string | undefined): boolean {
  const { label, description } = templateWords(template);
  const text = [template.name, label, description, ...template.tags].join(' ').toLowerCase();
  return (search ?? '')
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
