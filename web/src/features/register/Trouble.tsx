import { Alert } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { sentence } from '@/ui/format';

/** Why the server did not do it. */
export function Trouble({ error }: { error: Error | null }) {
  if (error === null) return null;
  return (
    <Alert color="red" role="alert" icon={<IconAlertCircle size={18} />}>
      {sentence(error.message)}
    </Alert>
  );
}
