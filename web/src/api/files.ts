import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { apiDelete, apiGet, apiPath } from '@/api/client';
import { postText } from '@/api/people';

/** A file in the folder for files. */
export interface StoredFile {
  /** Its path below the folder. */
  name: string;
  bytes: number;
  modified_at: string;
}

const KEY = ['files'];

export function useFiles() {
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => apiGet<StoredFile[]>('/files', {}, signal),
  });
}

/** Puts a file into the folder, in place of one of its name. */
export function useKeepFile() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ file, name }: { file: File; name: string }) =>
      postText<StoredFile>(apiPath('/files', { name }), file),
    onSuccess: () => client.invalidateQueries({ queryKey: KEY }),
  });
}

export function useDeleteFile() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => apiDelete('/files', { name }),
    onSuccess: () => client.invalidateQueries({ queryKey: KEY }),
  });
}

/** Where the bytes of a file are. */
export function fileHref(name: string): string {
  return apiPath('/files/content', { name });
}
