/**
 * Stands in for Cloudscape's drawer of feature announcements, which AWS fills at run time and nothing here does. It would
 * bring drag and drop into the first load. The build puts it in the drawer's place (vite.config.ts).
 */
export const RuntimeContentPart = () => null;

export default function NoFeatureNotices() {
  return null;
}
