import { isObject } from '../read-json.ts';
import { objectTypeOf, relationshipAttributesOf, withoutRelation } from './object-parts.ts';
import { attributesOf } from './person-attributes.ts';
import { idText, objectOf, type Shaper, shaped } from './shape.ts';

/** A group: an object with the group's traits and its `objectAttributes`, related to the person. */
export const shapeGroup: Shaper = ({ item }) => {
  const traits = objectOf(item['traits']);
  const own = isObject(traits['objectAttributes']) ? traits['objectAttributes'] : {};
  const plain = withoutRelation(
    traits,
    ...(isObject(traits['objectAttributes']) ? ['objectAttributes'] : []),
  );
  const object = attributesOf('traits', { ...plain, ...own });
  const relation = attributesOf('traits.relationshipAttributes', relationshipAttributesOf(traits) ?? {});
  const payload = {
    groupId: idText(item['groupId']) ?? '',
    objectTypeId: objectTypeOf(traits),
    traits: object.attributes,
    ...(Object.keys(relation.attributes).length > 0 && { relationshipAttributes: relation.attributes }),
  };
  return shaped('group', payload, { leftOut: [...object.leftOut, ...relation.leftOut] });
};
