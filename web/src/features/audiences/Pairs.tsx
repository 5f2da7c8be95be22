import {
  ActionIcon,
  Autocomplete,
  Button,
  Fieldset,
  Group,
  Select,
  Stack,
  Text,
} from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import type { Pair } from '@/features/audiences/file';
import { t } from '@/i18n';

interface Props {
  pairs: Pair[];
  /** The columns of the file, as far as they are known. */
  columns: string[];
  fields: { value: string; label: string }[];
  onChange: (pairs: Pair[]) => void;
}

/** By which columns of a file its lines find the rows that they mean. */
export function Pairs({ pairs, columns, fields, onChange }: Props) {
  const put = (index: number, part: Partial<Pair>) =>
    onChange(pairs.map((pair, at) => (at === index ? { ...pair, ...part } : pair)));
  return (
    <Fieldset legend={t('audiences.pairs')}>
      <Stack gap="xs">
        <Text size="sm" c="dimmed">
          {t('audiences.pairsHelp')}
        </Text>
        {pairs.map(({ column, field }, index) => (
          <Group key={index} gap="xs" wrap="nowrap">
            <Autocomplete
              flex={1}
              aria-label={t('audiences.fileColumn')}
              placeholder={t('audiences.fileColumn')}
              data={[...new Set(columns)]}
              value={column}
              onChange={(next) => put(index, { column: next })}
            />
            <span aria-hidden>=</span>
            <Select
              flex={1}
              searchable
              aria-label={t('audiences.field')}
              placeholder={t('audiences.field')}
              data={fields}
              value={field === '' ? null : field}
              onChange={(next) => put(index, { field: next ?? '' })}
            />
            <ActionIcon
              size={36}
              variant="subtle"
              color="gray"
              aria-label={t('audiences.removePair', { n: index + 1 })}
              onClick={() => onChange(pairs.toSpliced(index, 1))}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </Group>
        ))}
        <Group>
          <Button
            size="compact-sm"
            variant="light"
            leftSection={<IconPlus size={14} />}
            onClick={() => onChange([...pairs, { column: '', field: '' }])}
          >
            {t('audiences.addPair')}
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}
