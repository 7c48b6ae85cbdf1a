import { EdgeXProfile, type EdgeXOptions } from "../../../../lib";
import { checkedEdgeX, type EdgeXSettings } from "../../../../lib/helm/edgex/settings";

/** Settings as properties come to them; everything of EdgeX' own unless told otherwise. */
export function someSettings(props: Partial<EdgeXOptions> = {}): EdgeXSettings {
  return checkedEdgeX("stack/EdgeX", { profile: EdgeXProfile.STANDARD, ui: true, ...props });
}
