import { CloseButton, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { t } from '@/i18n';

/** Time without a key stroke after which a search is asked for. */
const SETTLE_MS = 250;
const WAYS_OUT = 'a[href], [data-clickable="true"]';

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  width?: number | string;
}

/** A search field whose value is kept elsewhere (the URL) and changes when typing settles. */
export function SearchInput({ label, value, onChange, width = 260 }: Props) {
  const [text, setText] = useState(value);
  const [known, setKnown] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  if (known !== value) {
    setKnown(value);
    setText(value);
  }
  useEffect(() => {
    // Who follows a link is on the way elsewhere, where a search that settles late would call them back from.
    const leave = ({ target }: MouseEvent) => {
      if (target instanceof Element && target.closest(WAYS_OUT) !== null) {
        clearTimeout(timer.current);
      }
    };
    document.addEventListener('click', leave, true);
    return () => {
      clearTimeout(timer.current);
      document.removeEventListener('click', leave, true);
    };
  }, []);

  function settle(next: string, delay: number) {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      setKnown(next);
      onChange(next);
    }, delay);
  }

  return (
    <TextInput
      type="search"
      w={width}
      size="sm"
      aria-label={label}
      placeholder={label}
      value={text}
      leftSection={<IconSearch size={16} />}
      rightSection={
        text !== '' && (
          <CloseButton size="sm" aria-label={t('search.clear')} onClick={() => settle('', 0)} />
        )
      }
      onChange={({ currentTarget }) => settle(currentTarget.value, SETTLE_MS)}
    />
  );
}
