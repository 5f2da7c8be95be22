import { Tabs } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { Audit } from '@/features/admin/Audit';
import { Documents } from '@/features/admin/Documents';
import { readAdminSearch, SECTIONS, type AdminSearch } from '@/features/admin/search';
import { Server } from '@/features/admin/Server';
import { PageHeader } from '@/ui/PageHeader';
import ui from '@/ui/ui.module.css';
import { t } from '@/i18n';

const route = getRouteApi('/admin');

/** Channels, dimensions, filters, the record of changes, and the server. */
export function AdminPage() {
  const { section = 'channels', name } = route.useSearch();
  const navigate = route.useNavigate();
  const change = (part: AdminSearch) =>
    void navigate({
      search: (former) => readAdminSearch({ ...former, ...part }),
      replace: true,
      resetScroll: false,
    });
  const open = (next: string | undefined) => change({ name: next });
  return (
    <>
      <PageHeader title={t('admin.title')} subtitle={t('admin.subtitle')} />
      <Tabs
        keepMounted={false}
        value={section}
        onChange={(next) =>
          change({ section: SECTIONS.find((each) => each === next), name: undefined })
        }
      >
        <Tabs.List mb="md">
          {SECTIONS.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {t(`admin.${each}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="channels">
          <Documents kind="channel" name={name} onOpen={open} />
        </Tabs.Panel>
        <Tabs.Panel value="dimensions">
          <Documents kind="dimension" name={name} onOpen={open} />
        </Tabs.Panel>
        <Tabs.Panel value="filters">
          <Documents kind="filter" name={name} onOpen={open} />
        </Tabs.Panel>
        <Tabs.Panel value="audit">
          <div className={ui.card}>
            <Audit />
          </div>
        </Tabs.Panel>
        <Tabs.Panel value="server">
          <Server />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
