import { Modal, type ModalProps } from '@mantine/core';
import { createContext, useCallback, useContext, useEffect, useState } from 'react';

/** Tells the dialog around that one more, or one less, is open over it. */
const Over = createContext<(by: 1 | -1) => void>(() => undefined);

/** A dialog for as long as it is drawn. Escape closes the one on top, and not those below. */
export function Dialog({ children, ...props }: Omit<ModalProps, 'opened' | 'closeOnEscape'>) {
  const [above, setAbove] = useState(0);
  const tell = useContext(Over);
  useEffect(() => {
    tell(1);
    return () => tell(-1);
  }, [tell]);
  const count = useCallback((by: 1 | -1) => setAbove((former) => former + by), []);
  return (
    <Modal opened closeOnEscape={above === 0} {...props}>
      <Over value={count}>{children}</Over>
    </Modal>
  );
}
