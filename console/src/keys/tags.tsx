import { TagResourceCommand, UntagResourceCommand } from "@aws-sdk/client-kms";
import { TagsEditor } from "../form/tags-editor";
import { kms, listTags } from "./kms";

/** The tags of a key. KMS names their members in its own way. */
export function KeyTags({ KeyId }: { KeyId: string }) {
  return (
    <TagsEditor
      of={KeyId}
      load={() => listTags(KeyId)}
      remove={(keys) => kms().send(new UntagResourceCommand({ KeyId, TagKeys: keys }))}
      put={(tags) =>
        kms().send(
          new TagResourceCommand({ KeyId, Tags: tags.map(({ key, value }) => ({ TagKey: key, TagValue: value })) }),
        )
      }
    />
  );
}
