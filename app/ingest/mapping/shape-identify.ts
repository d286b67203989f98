import { idFaults, objectTypeOf, relationshipAttributesOf, withoutRelation } from './object-parts.ts';
import { attributesOf } from './person-attributes.ts';
import { idText, objectOf, type Shaper, shaped } from './shape.ts';

/** An identify: its traits as attributes, and `traits.objectId` as a relationship to that object. */
export const shapeIdentify: Shaper = ({ item }) => {
  const traits = objectOf(item['traits']);
  const objectId = idText(traits['objectId']);
  if (objectId === undefined) {
    const { attributes, leftOut } = attributesOf('traits', traits);
    return shaped('identify', { traits: attributes }, { leftOut });
  }
  const faults = idFaults('traits.objectId', objectId);
  if (faults.length > 0) return { kind: 'refused', faults };
  const person = attributesOf('traits', withoutRelation(traits));
  const relation = attributesOf('traits.relationshipAttributes', relationshipAttributesOf(traits) ?? {});
  const relationship = {
    identifiers: { object_type_id: objectTypeOf(traits), object_id: objectId },
    ...(Object.keys(relation.attributes).length > 0 && { relationship_attributes: relation.attributes }),
  };
  return shaped(
    'identify',
    { traits: person.attributes, relationships: [relationship] },
    { leftOut: [...person.leftOut, ...relation.leftOut] },
  );
};
