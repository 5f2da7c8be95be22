import '@fontsource-variable/bricolage-grotesque/index.css';
import '@fontsource-variable/inter/index.css';
import '@mantine/core/styles.css';
import '@/ui/tokens.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from '@/api/client';
import { loadLanguage } from '@/i18n';
import { makeTheme } from '@/ui/theme';

const RETRIES_MAX = 2;

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      // What the server refused once it refuses again.
      retry: (failures, error) =>
        failures < RETRIES_MAX && !(error instanceof ApiError && error.status >= 400),
    },
  },
});

async function start(root: HTMLElement): Promise<void> {
  // Words are there before what speaks them, so that they may stand anywhere.
  await loadLanguage();
  const { App } = await import('@/app/App');
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={makeTheme()} defaultColorScheme="auto">
        <QueryClientProvider client={client}>
          <App />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}

const root = document.getElementById('root');
if (root !== null) void start(root);
