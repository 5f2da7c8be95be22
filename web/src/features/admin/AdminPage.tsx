import { Tabs } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { Audit } from '@/features/admin/Audit';
import { Documents } from '@/features/admin/Documents';
import {
  DOCUMENT_SECTIONS,
  KIND_OF,
  readAdminSearch,
  SECTIONS,
  type AdminSearch,
  type Section,
} from '@/features/admin/search';
import { Server } from '@/features/admin/Server';
import { PageHeader } from '@/ui/PageHeader';
import ui from '@/ui/ui.module.css';
import { t } from '@/i18n';

const route = getRouteApi('/admin');

/** The documents of each kind, the record of changes, and the server. */
export function AdminPage() {
  const { section = 'channels', name, kind } = route.useSearch();
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
          change({
            section: SECTIONS.find((each) => each === next),
            name: undefined,
            kind: undefined,
          })
        }
      >
        <Tabs.List mb="md">
          {SECTIONS.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {sectionWords(each)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {DOCUMENT_SECTIONS.map((each) => (
          <Tabs.Panel key={each} value={each}>
            <Documents kind={KIND_OF[each]} name={name} onOpen={open} />
          </Tabs.Panel>
        ))}
        <Tabs.Panel value="audit">
          <div className={ui.card}>
            <Audit kind={kind} onKind={(next) => change({ kind: next })} />
          </div>
        </Tabs.Panel>
        <Tabs.Panel value="server">
          <Server />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function sectionWords(section: Section): string {
  if (section === 'audit' || section === 'server') return t(`admin.${section}`);
  return t(`admin.kinds.${KIND_OF[section]}`);
}
