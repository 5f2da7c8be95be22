import { Button, Group, Select, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import type { PartProps } from '@/features/campaign/ScheduleFields';
import { textOf } from '@/features/campaign/schedule';
import { t } from '@/i18n';
import classes from '@/features/campaign/editor.module.css';

interface Parameter {
  name: string;
  type?: string;
  test_value?: unknown;
}

export function ScheduleParameters({ schedule, put }: PartProps) {
  const list = (Array.isArray(schedule.parameters) ? schedule.parameters : []) as Parameter[];
  const replace = (index: number, fields: Partial<Parameter>) =>
    put({ parameters: list.map((each, at) => (at === index ? { ...each, ...fields } : each)) });
  return (
    <>
      <p className={classes.fieldHelp}>{t('schedule.signalHelp')}</p>
      {list.map((parameter, index) => (
        <Group key={index} grow align="end">
          <TextInput
            label={t('schedule.parameter')}
            value={parameter.name}
            onChange={({ currentTarget }) => replace(index, { name: currentTarget.value })}
          />
          <Select
            label={t('schedule.parameterType')}
            allowDeselect={false}
            data={['string', 'integer', 'number', 'boolean', 'date', 'timestamp']}
            value={parameter.type ?? 'string'}
            onChange={(type) => type !== null && replace(index, { type })}
          />
          <TextInput
            label={t('schedule.testValue')}
            value={textOf(parameter.test_value)}
            onChange={({ currentTarget: { value } }) =>
              replace(index, { test_value: typed(value, parameter.type) })
            }
          />
          <Button
            variant="subtle"
            color="gray"
            style={{ flex: '0 0 44px' }}
            px={0}
            aria-label={t('schedule.removeParameter', { name: parameter.name })}
            onClick={() => put({ parameters: list.filter((_, at) => at !== index) })}
          >
            <IconTrash size={16} />
          </Button>
        </Group>
      ))}
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconPlus size={14} />}
        onClick={() =>
          put({ parameters: [...list, { name: `parameter_${list.length + 1}`, type: 'string' }] })
        }
      >
        {t('schedule.addParameter')}
      </Button>
    </>
  );
}

function typed(value: string, type = 'string'): unknown {
  if (type === 'integer' || type === 'number')
    return value === '' || Number.isNaN(Number(value)) ? value : Number(value);
  return type === 'boolean' ? value === 'true' : value;
}
