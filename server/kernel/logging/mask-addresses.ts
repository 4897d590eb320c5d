const ADDRESS = /(?<![^\s<>()"',;:])[^\s<>()"',;:]+@[^\s<>()"',;:]+/g;

/** Takes e-mail addresses out of a text that is logged or stored: mail servers, for one, quote them in their answers. */
export const maskAddresses = (text: string): string => text.replaceAll(ADDRESS, '[address]');
