import { readFileSync } from "node:fs";
import { MecError } from "../../../errors";
import type { DeviceCommand, DeviceProfileProps, DeviceResource } from "./device-profile-props";
import { assertProfile } from "./device-profile-rules";
import { profileOfYaml } from "./device-profile-yaml";
import { assertKnown } from "./free-values";
import { assertName } from "./names";

/**
 * What devices of one model have in common: resources, and commands that read or write several of them. Every rule of core-metadata is
 * checked when it is made.
 *
 * @see https://docs.edgexfoundry.org/4.0/microservices/core/metadata/details/DeviceProfile/
 */
export class DeviceProfile {
  /**
   * A profile of an EdgeX schema in code.
   *
   * @param props the profile
   * @throws {MecError} MEC1485 for what is no value type, MEC1486 for what else core-metadata refuses
   */
  public static of(props: DeviceProfileProps): DeviceProfile {
    return new DeviceProfile(props);
  }

  /**
   * A profile of a YAML text, as EdgeX itself reads it: texts as they stand there, what EdgeX does not know left out. What is nearly a name
   * that EdgeX knows is refused, since EdgeX leaves it out and says nothing.
   *
   * @param text the YAML, which may be JSON
   * @param path name of the input for the errors
   * @throws {MecError} MEC1485 for what is no value type, MEC1486 for what is no YAML, no profile, or what else core-metadata refuses
   */
  public static fromYaml(text: string, path: string = "DeviceProfile.fromYaml"): DeviceProfile {
    return new DeviceProfile(profileOfYaml(path, text));
  }

  /**
   * A profile of a YAML file.
   *
   * @param file path of the file
   * @throws {MecError} MEC1486 for a file that cannot be read, and as {@link DeviceProfile.fromYaml} does
   */
  public static fromYamlFile(file: string): DeviceProfile {
    let text: string;
    try {
      text = readFileSync(file, "utf8");
    } catch (error) {
      throw new MecError(
        "MEC1486",
        `DeviceProfile.fromYamlFile(${JSON.stringify(file)})`,
        `got a file that cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}): it holds a profile as YAML, so write the path of such a file`,
      );
    }
    return DeviceProfile.fromYaml(text, `DeviceProfile.fromYamlFile(${JSON.stringify(file)})`);
  }

  /**
   * A profile that the image of the device service brings along, such as `onvif-camera` of device-onvif-camera. What is in it is not known here,
   * so names of resources are not checked, and it is never updated.
   *
   * @param name name of the profile
   * @throws {MecError} MEC1486 for what is no name
   */
  public static fromImage(name: string): DeviceProfile {
    return new DeviceProfile({ name }, true);
  }

  /** Its name. */
  public readonly name: string;

  /** What it was made of. */
  public readonly props: DeviceProfileProps;

  /**
   * @param props the profile
   * @param isFromImage whether the image of the device service brings it along
   * @throws {MecError} MEC1485 for what is no value type, MEC1486 for what else core-metadata refuses
   */
  public constructor(
    props: DeviceProfileProps,
    /** Whether the image of the device service brings it along, so that what is in it is not known. */
    public readonly isFromImage: boolean = false,
  ) {
    assertName("MEC1486", "DeviceProfile", "name", props.name);
    assertProfile(`DeviceProfile ${props.name}`, props);
    this.name = props.name;
    this.props = props;
    assertKnown("MEC1486", `DeviceProfile ${props.name}`, this.toObject());
  }

  /** Its resources; none where it is the image's. */
  public get resources(): readonly DeviceResource[] {
    return this.props.deviceResources ?? [];
  }

  /** Its commands; none where it is the image's. */
  public get commands(): readonly DeviceCommand[] {
    return this.props.deviceCommands ?? [];
  }

  /** A resource by its name. */
  public resource(name: string): DeviceResource | undefined {
    return this.resources.find((resource) => resource.name === name);
  }

  /** A command by its name. */
  public command(name: string): DeviceCommand | undefined {
    return this.commands.find((command) => command.name === name);
  }

  /** The profile as EdgeX' schema has it, which is what files and requests hold. */
  public toObject(): Record<string, unknown> {
    const { name, manufacturer, description, model, labels } = this.props;
    return {
      name,
      manufacturer,
      description,
      model,
      labels,
      deviceResources: this.resources.map(({ properties, ...resource }) => ({
        ...resource,
        isHidden: resource.isHidden ?? false,
        properties: { ...properties, valueType: properties.valueType.name, readWrite: properties.readWrite.text },
      })),
      deviceCommands: this.commands.map((command) => ({
        ...command,
        isHidden: command.isHidden ?? false,
        readWrite: command.readWrite.text,
      })),
    };
  }
}
