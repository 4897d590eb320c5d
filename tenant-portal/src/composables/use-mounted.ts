import { onMounted, ref } from 'vue';

/** False on the server and while hydrating: what works only with scripts shows when this turns true. */
export function useMounted() {
  const mounted = ref(false);
  onMounted(() => {
    mounted.value = true;
  });
  return mounted;
}
