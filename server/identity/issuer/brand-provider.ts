import Provider, { type Configuration } from 'oidc-provider';
import type { ResponseMode } from '../pages/form-post.ts';

/**
 * An oidc-provider whose answers by form are pages of ours: the provider's own cannot be sent under our content policy, and has no button where
 * scripts run. Its built-in modes cannot be replaced later, only while it registers them.
 */
export function createBrandProvider(issuer: string, configuration: Configuration, formPost: ResponseMode): Provider {
  class BrandProvider extends Provider {
    override registerResponseMode(name: string, handler: ResponseMode): void {
      super.registerResponseMode(name, name === 'form_post' ? formPost : handler);
    }
  }
  return new BrandProvider(issuer, configuration);
}
