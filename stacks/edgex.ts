import type { Construct } from "constructs";
import { EdgeX } from "../lib/helm/edgex/edgex";
import type { EdgeXOptions } from "../lib/helm/edgex/edgex-props";
import { AddOnStack, type AddOnStackProps } from "./add-on-stack";

/** Properties of {@link EdgeXStack}: those of the add-on, and where and how it is deployed. */
export interface EdgeXStackProps extends AddOnStackProps, EdgeXOptions {}

/**
 * EdgeX as a stack of its own, `<site>-edgex` by custom; device services, devices, exports and rules are added to `edgex`. Its volumes are of the
 * class `microk8s-hostpath`, which a `PlatformStack` of the app brings: that one is deployed first, and so is Prometheus where it is there.
 *
 * @throws {MecError} what {@link EdgeX}, `aws` and `backend` refuse
 */
export class EdgeXStack extends AddOnStack {
  /** The add-on. */
  public readonly edgex: EdgeX;

  public constructor(scope: Construct, id: string, props: EdgeXStackProps) {
    super(scope, id, props);
    this.edgex = new EdgeX(this, "EdgeX", props);
  }
}
