import { Text } from '@mantine/core';
import { useState } from 'react';
import { stringify } from 'yaml';
import { useDocumentVersions, useRestoreDocument, useVersionOf } from '@/api/admin';
import { differences, saidIn } from '@/features/common/documentText';
import { VersionsFrame } from '@/features/common/VersionsFrame';
import classes from '@/features/common/document.module.css';
import { t } from '@/i18n';

interface Props {
  kind: string;
  name: string;
  /** As it is now, with what is not saved yet. */
  text: string;
  onRestored: () => void;
}

/** The versions of a document as text, with what differs from how it is now. */
export function DocumentVersions({ kind, name, text, onRestored }: Props) {
  const versions = useDocumentVersions(kind, name);
  const [chosen, setChosen] = useState<number>();
  const shown = chosen ?? versions.data?.find(({ deleted }) => !deleted)?.version;
  const former = useVersionOf(kind, name, shown);
  const restore = useRestoreDocument(kind, name);
  const fields = former.data === undefined ? [] : differences(former.data, saidIn(text) ?? {});
  return (
    <VersionsFrame
      versions={versions}
      shown={shown}
      onChoose={setChosen}
      onRestore={async (version) => {
        await restore.mutateAsync(version);
        onRestored();
      }}
    >
      {former.data !== undefined && (
        <>
          <Text size="sm">
            {fields.length === 0
              ? t('contents.same')
              : t('contents.differs', { fields: fields.join(', ') })}
          </Text>
          <pre
            className={classes.former}
            tabIndex={0}
            role="region"
            aria-label={t('contents.version', { n: shown ?? 0 })}
          >
            {stringify(former.data, { lineWidth: 110 })}
          </pre>
        </>
      )}
    </VersionsFrame>
  );
}
