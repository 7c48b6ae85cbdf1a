/** Name of microk8s' add-on. */
export const INGRESS = "ingress";

/**
 * Ingress class that the add-on makes the default one, whatever the track: of NGINX up to 1.34, of Traefik from 1.35 on.
 * @see https://github.com/canonical/microk8s-core-addons/blob/1.34/addons/ingress/ingress.yaml
 * @see https://github.com/canonical/microk8s-core-addons/blob/1.35/addons/ingress/values.yaml
 */
export const INGRESS_CLASS = "public";
