"""Our structures against botocore's models: every member, type and limit, or a deviation with its evidence.

A new release of botocore may fail these tests. That is their purpose: someone decides what the change means for us.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any, NamedTuple

import msgspec
import pytest
from tests.conformance.models import KINDS, service_model

from parastore.cloudtrail import shapes as cloudtrail
from parastore.iam import shapes as iam
from parastore.kms import shapes as kms
from parastore.shapes import Shape
from parastore.ssm import shapes as ssm
from parastore.sts import shapes as sts
from parastore.violations import Node, members


class Service(NamedTuple):
    """A service of ours: which operations of its model are done, which are to come, which are not our business."""

    structures: ModuleType
    done: frozenset[str]
    to_come: frozenset[str]
    outside: frozenset[str]


class Deviation(NamedTuple):
    """What the model says, what we say, and why."""

    model: Any
    ours: Any
    evidence: str


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SERVICES = {
    "ssm": Service(
        ssm,
        done=words("""
            AddTagsToResource DeleteParameter DeleteParameters DeleteResourcePolicy DescribeParameters
            GetParameter GetParameterHistory GetParameters GetParametersByPath GetResourcePolicies
            GetServiceSetting LabelParameterVersion ListTagsForResource PutParameter PutResourcePolicy
            RemoveTagsFromResource ResetServiceSetting UnlabelParameterVersion UpdateServiceSetting
        """),
        to_come=words("""
        """),
        # Systems Manager beyond Parameter Store.
        outside=words("""
            AssociateOpsItemRelatedItem CancelCommand CancelMaintenanceWindowExecution CreateActivation
            CreateAssociation CreateAssociationBatch CreateCloudConnector CreateDocument CreateMaintenanceWindow
            CreateOpsItem CreateOpsMetadata CreatePatchBaseline CreateResourceDataSync DeleteActivation
            DeleteAssociation DeleteCloudConnector DeleteDocument DeleteInventory DeleteMaintenanceWindow
            DeleteOpsItem DeleteOpsMetadata DeletePatchBaseline DeleteResourceDataSync
            DeregisterDefaultHostManagementConfiguration DeregisterManagedInstance
            DeregisterPatchBaselineForPatchGroup DeregisterTargetFromMaintenanceWindow
            DeregisterTaskFromMaintenanceWindow DescribeActivations DescribeAssociation
            DescribeAssociationExecutionTargets DescribeAssociationExecutions DescribeAutomationExecutions
            DescribeAutomationStepExecutions DescribeAvailablePatches DescribeDocument
            DescribeDocumentPermission DescribeEffectiveInstanceAssociations
            DescribeEffectivePatchesForPatchBaseline DescribeInstanceAssociationsStatus
            DescribeInstanceInformation DescribeInstancePatchStates DescribeInstancePatchStatesForPatchGroup
            DescribeInstancePatches DescribeInstanceProperties DescribeInventoryDeletions
            DescribeMaintenanceWindowExecutionTaskInvocations DescribeMaintenanceWindowExecutionTasks
            DescribeMaintenanceWindowExecutions DescribeMaintenanceWindowSchedule
            DescribeMaintenanceWindowTargets DescribeMaintenanceWindowTasks DescribeMaintenanceWindows
            DescribeMaintenanceWindowsForTarget DescribeOpsItems DescribePatchBaselines DescribePatchGroupState
            DescribePatchGroups DescribePatchProperties DescribeSessions DisassociateOpsItemRelatedItem
            GetAccessToken GetAutomationExecution GetCalendarState GetCloudConnector GetCommandInvocation
            GetConnectionStatus GetDefaultPatchBaseline GetDeployablePatchSnapshotForInstance GetDocument
            GetExecutionPreview GetInventory GetInventorySchema GetMaintenanceWindow
            GetMaintenanceWindowExecution GetMaintenanceWindowExecutionTask
            GetMaintenanceWindowExecutionTaskInvocation GetMaintenanceWindowTask GetOpsItem GetOpsMetadata
            GetOpsSummary GetPatchBaseline GetPatchBaselineForPatchGroup ListAssociationVersions
            ListAssociations ListCloudConnectors ListCommandInvocations ListCommands ListComplianceItems
            ListComplianceSummaries ListDocumentMetadataHistory ListDocumentVersions ListDocuments
            ListInventoryEntries ListNodes ListNodesSummary ListOpsItemEvents ListOpsItemRelatedItems
            ListOpsMetadata ListResourceComplianceSummaries ListResourceDataSync ModifyDocumentPermission
            PutComplianceItems PutInventory RegisterDefaultHostManagementConfiguration
            RegisterDefaultPatchBaseline RegisterPatchBaselineForPatchGroup RegisterTargetWithMaintenanceWindow
            RegisterTaskWithMaintenanceWindow ResumeSession SendAutomationSignal SendCommand StartAccessRequest
            StartAssociationsOnce StartAutomationExecution StartChangeRequestExecution StartExecutionPreview
            StartSession StopAutomationExecution TerminateSession UpdateAssociation UpdateAssociationStatus
            UpdateCloudConnector UpdateDocument UpdateDocumentDefaultVersion UpdateDocumentMetadata
            UpdateMaintenanceWindow UpdateMaintenanceWindowTarget UpdateMaintenanceWindowTask
            UpdateManagedInstanceRole UpdateOpsItem UpdateOpsMetadata UpdatePatchBaseline UpdateResourceDataSync
            ValidateCloudConnector
        """),
    ),
    "kms": Service(
        kms,
        done=words("""
            CancelKeyDeletion CreateAlias CreateGrant CreateKey Decrypt DeleteAlias DeleteImportedKeyMaterial
            DescribeKey DisableKey DisableKeyRotation EnableKey EnableKeyRotation Encrypt GenerateDataKey
            GenerateDataKeyWithoutPlaintext GenerateMac GenerateRandom GetKeyPolicy GetKeyRotationStatus
            GetParametersForImport ImportKeyMaterial ListAliases ListGrants ListKeyPolicies ListKeyRotations ListKeys
            ListResourceTags ListRetirableGrants PutKeyPolicy ReEncrypt RetireGrant RevokeGrant RotateKeyOnDemand
            ScheduleKeyDeletion TagResource UntagResource UpdateAlias UpdateKeyDescription VerifyMac
        """),
        to_come=words("""
        """),
        # Asymmetric keys, multi-Region keys and key stores: answered as unsupported, without their members.
        outside=words("""
            ConnectCustomKeyStore CreateCustomKeyStore Decapsulate DeleteCustomKeyStore DeriveSharedSecret
            DescribeCustomKeyStores DisconnectCustomKeyStore Encapsulate GenerateDataKeyPair
            GenerateDataKeyPairWithoutPlaintext GetKeyLastUsage GetPublicKey ReplicateKey Sign UpdateCustomKeyStore
            UpdatePrimaryRegion Verify
        """),
    ),
    "iam": Service(
        iam,
        done=words("""
            AddUserToGroup AttachGroupPolicy AttachRolePolicy AttachUserPolicy CreateAccessKey
            CreateAccountAlias CreateGroup CreatePolicy CreatePolicyVersion CreateRole CreateUser
            DeleteAccessKey DeleteAccountAlias DeleteGroup DeleteGroupPolicy DeletePolicy
            DeletePolicyVersion DeleteRole DeleteRolePermissionsBoundary DeleteRolePolicy DeleteUser
            DeleteUserPermissionsBoundary DeleteUserPolicy DetachGroupPolicy DetachRolePolicy
            DetachUserPolicy GetAccessKeyLastUsed GetAccountSummary GetContextKeysForCustomPolicy
            GetContextKeysForPrincipalPolicy GetGroup GetGroupPolicy GetPolicy GetPolicyVersion GetRole
            GetRolePolicy GetUser GetUserPolicy ListAccessKeys ListAccountAliases
            ListAttachedGroupPolicies ListAttachedRolePolicies ListAttachedUserPolicies
            ListEntitiesForPolicy ListGroupPolicies ListGroups ListGroupsForUser
            ListInstanceProfilesForRole ListPolicies ListPolicyTags ListPolicyVersions ListRolePolicies
            ListRoleTags ListRoles ListUserPolicies ListUserTags ListUsers PutGroupPolicy
            PutRolePermissionsBoundary PutRolePolicy PutUserPermissionsBoundary PutUserPolicy
            RemoveUserFromGroup SetDefaultPolicyVersion SimulateCustomPolicy SimulatePrincipalPolicy
            TagPolicy TagRole TagUser UntagPolicy UntagRole UntagUser UpdateAccessKey
            UpdateAssumeRolePolicy UpdateGroup UpdateRole UpdateRoleDescription UpdateUser
        """),
        to_come=words("""
        """),
        # Passwords, certificates, devices, instances, SAML and OpenID Connect by API, organizations, reports.
        outside=words("""
            AcceptDelegationRequest AcquireRole AddClientIDToOpenIDConnectProvider
            AddRoleToInstanceProfile AssociateDelegationRequest ChangePassword CreateDelegationRequest
            CreateInstanceProfile CreateLoginProfile CreateOpenIDConnectProvider CreateSAMLProvider
            CreateServiceLinkedRole CreateServiceSpecificCredential CreateVirtualMFADevice
            DeactivateMFADevice DeleteAccountPasswordPolicy DeleteInstanceProfile DeleteLoginProfile
            DeleteOpenIDConnectProvider DeleteSAMLProvider DeleteSSHPublicKey DeleteServerCertificate
            DeleteServiceLinkedRole DeleteServiceSpecificCredential DeleteSigningCertificate
            DeleteVirtualMFADevice DisableOrganizationsRootCredentialsManagement
            DisableOrganizationsRootSessions DisableOutboundWebIdentityFederation EnableMFADevice
            EnableOrganizationsRootCredentialsManagement EnableOrganizationsRootSessions
            EnableOutboundWebIdentityFederation GenerateCredentialReport GenerateOrganizationsAccessReport
            GenerateServiceLastAccessedDetails GetAccountAuthorizationDetails GetAccountPasswordPolicy
            GetAccountProperties GetCredentialReport GetDelegationRequest GetHumanReadableSummary
            GetInstanceProfile GetLoginProfile GetMFADevice GetOpenIDConnectProvider
            GetOrganizationsAccessReport GetOutboundWebIdentityFederationInfo GetRoleTemplateVersion
            GetSAMLProvider GetSSHPublicKey GetServerCertificate GetServiceLastAccessedDetails
            GetServiceLastAccessedDetailsWithEntities GetServiceLinkedRoleDeletionStatus
            ListDelegationRequests ListInstanceProfileTags ListInstanceProfiles ListMFADeviceTags
            ListMFADevices ListOpenIDConnectProviderTags ListOpenIDConnectProviders
            ListOrganizationsFeatures ListPoliciesGrantingServiceAccess ListSAMLProviderTags
            ListSAMLProviders ListSSHPublicKeys ListServerCertificateTags ListServerCertificates
            ListServiceSpecificCredentials ListSigningCertificates ListVirtualMFADevices
            PutAccountProperties RejectDelegationRequest RemoveClientIDFromOpenIDConnectProvider
            RemoveRoleFromInstanceProfile ResetServiceSpecificCredential ResyncMFADevice
            SendDelegationToken SetSecurityTokenServicePreferences TagInstanceProfile TagMFADevice
            TagOpenIDConnectProvider TagSAMLProvider TagServerCertificate UntagInstanceProfile
            UntagMFADevice UntagOpenIDConnectProvider UntagSAMLProvider UntagServerCertificate
            UpdateAccountPasswordPolicy UpdateDelegationRequest UpdateLoginProfile
            UpdateOpenIDConnectProviderThumbprint UpdateSAMLProvider UpdateSSHPublicKey
            UpdateServerCertificate UpdateServiceSpecificCredential UpdateSigningCertificate
            UploadSSHPublicKey UploadServerCertificate UploadSigningCertificate
        """),
    ),
    "sts": Service(
        sts,
        done=words("""
            AssumeRole AssumeRoleWithWebIdentity DecodeAuthorizationMessage GetCallerIdentity GetSessionToken
        """),
        to_come=words(""),
        # SAML, federated users, root sessions of organizations.
        outside=words("""
            AssumeRoleWithSAML AssumeRoot GetAccessKeyInfo
            GetDelegatedAccessToken GetFederationToken GetWebIdentityToken
        """),
    ),
    "cloudtrail": Service(
        cloudtrail,
        done=words("LookupEvents"),
        to_come=words(""),
        # Trails, event data stores, dashboards and channels: where records go is said in the settings.
        outside=words("""
            AddTags CancelQuery CreateChannel CreateDashboard CreateEventDataStore CreateTrail DeleteChannel
            DeleteDashboard DeleteEventDataStore DeleteResourcePolicy DeleteTrail
            DeregisterOrganizationDelegatedAdmin DescribeQuery DescribeTrails DisableFederation EnableFederation
            GenerateQuery GetChannel GetDashboard GetEventConfiguration GetEventDataStore GetEventSelectors GetImport
            GetInsightSelectors GetQueryResults GetResourcePolicy GetTrail GetTrailStatus ListChannels ListDashboards
            ListEventDataStores ListImportFailures ListImports ListInsightsData ListInsightsMetricData ListPublicKeys
            ListQueries ListTags ListTrails PutEventConfiguration PutEventSelectors PutInsightSelectors
            PutResourcePolicy RegisterOrganizationDelegatedAdmin RemoveTags RestoreEventDataStore
            SearchSampleQueries StartDashboardRefresh StartEventDataStoreIngestion StartImport StartLogging StartQuery
            StopEventDataStoreIngestion StopImport StopLogging UpdateChannel UpdateDashboard UpdateEventDataStore
            UpdateTrail
        """),
    ),
}

# By place and aspect. `Member[]` is an element of a list.
DEVIATIONS = {
    ("PutParameterRequest.Value", "minimum"): Deviation(
        None,
        1,
        "Recorded: an empty value gives `Value at 'value' failed to satisfy constraint: Member must have length "
        "greater than or equal to 1`.",
    ),
    ("PutParameterRequest.Value", "maximum"): Deviation(
        None,
        32768,
        "Quoted in bug reports: `Value at 'value' failed to satisfy constraint: Member must have length less than or "
        "equal to 32768`.",
    ),
    ("ParameterStringFilter.Key", "pattern"): Deviation(
        "^(tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType)$",
        "tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType",
        "Recorded: `Member must satisfy regular expression pattern: tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType`. "
        "The model had the same before its patterns were anchored.",
    ),
}


class Difference(NamedTuple):
    place: str
    aspect: str
    model: Any
    ours: Any


def differences(operation: Any, service: Service, seen: set[tuple[str, bool]] | None = None) -> Iterator[Difference]:
    seen = set() if seen is None else seen
    for suffix, shape, is_request in (
        ("Request", operation.input_shape, True),
        ("Response", operation.output_shape, False),
    ):
        if shape is None and not is_request and not hasattr(service.structures, operation.name + suffix):
            continue  # an empty body, without a structure of ours
        # A few operations answer with a structure that is named after another.
        structure = getattr(service.structures, operation.name + suffix, None) or getattr(
            service.structures, shape.name
        )
        yield from of_structure(shape, structure, is_request, seen)


def of_structure(
    shape: Any, structure: type[msgspec.Struct], is_request: bool, seen: set[tuple[str, bool]]
) -> Iterator[Difference]:
    if (structure.__name__, is_request) in seen:
        return
    seen.add((structure.__name__, is_request))
    place = structure.__name__
    ours = {member.name: member for member in members(structure)}
    modelled = {} if shape is None else shape.members
    if set(ours) != set(modelled):
        yield Difference(place, "members", sorted(modelled), sorted(ours))
    if is_request:
        # The model requires nothing of answers; ours say what is always sent.
        required = sorted(name for name, member in ours.items() if member.required)
        wanted = [] if shape is None else sorted(shape.required_members)
        if required != wanted:
            yield Difference(place, "required", wanted, required)
    for name in set(ours) & set(modelled):
        yield from of_type(modelled[name], ours[name].node, f"{place}.{name}", is_request, seen)


def of_type(shape: Any, node: Node, place: str, is_request: bool, seen: set[tuple[str, bool]]) -> Iterator[Difference]:
    aspects: dict[str, tuple[Any, Any]] = {
        "kind": (KINDS[shape.type_name], node.kind),
        "enum": (sorted(getattr(shape, "enum", ())), sorted(node.values)),
        "sensitive": (bool(shape.metadata.get("sensitive")), node.secret or node.limits.sensitive),
    }
    if is_request:
        # Nothing checks an answer against limits, so ours do not state them.
        aspects |= {
            "minimum": (shape.metadata.get("min"), node.limits.minimum),
            "maximum": (shape.metadata.get("max"), node.limits.maximum),
            "pattern": (shape.metadata.get("pattern"), node.limits.pattern),
        }
    for aspect, (model, ours) in aspects.items():
        if model != ours:
            yield Difference(place, aspect, model, ours)
    if aspects["kind"][0] != node.kind:
        return
    if node.shape is not None:
        yield from of_structure(shape, node.shape, is_request, seen)
    elif node.kind == "List" and node.item is not None:
        yield from of_type(shape.member, node.item, f"{place}[]", is_request, seen)
    elif node.kind == "Map" and node.item is not None:
        # Keys of ours are strings without limits.
        keys = {name: value for name, value in shape.key.metadata.items() if name in ("min", "max", "pattern", "enum")}
        if keys and is_request:
            yield Difference(place, "keys", keys, {})
        yield from of_type(shape.value, node.item, f"{place}[]", is_request, seen)


OPERATIONS = [(service, name) for service, ours in SERVICES.items() for name in sorted(ours.done)]


@pytest.mark.parametrize(("service", "name"), OPERATIONS)
def test_structures_say_what_the_model_says(service: str, name: str) -> None:
    operation = service_model(service).operation_model(name)

    unexplained = [
        difference
        for difference in differences(operation, SERVICES[service])
        if DEVIATIONS.get((difference.place, difference.aspect), Deviation(None, None, ""))[:2] != difference[2:]
    ]

    assert unexplained == []


def test_every_deviation_is_needed() -> None:
    found = {
        (difference.place, difference.aspect)
        for service, name in OPERATIONS
        for difference in differences(service_model(service).operation_model(name), SERVICES[service])
    }

    assert set(DEVIATIONS) <= found
    assert all(deviation.evidence for deviation in DEVIATIONS.values())


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_of_the_model_is_placed(service: str) -> None:
    ours = SERVICES[service]
    places = [*ours.done, *ours.to_come, *ours.outside]

    assert sorted(places) == sorted(service_model(service).operation_names)


@pytest.mark.parametrize("service", SERVICES)
def test_every_structure_belongs_to_an_operation(service: str) -> None:
    ours = SERVICES[service]
    defined = {
        name
        for name, value in vars(ours.structures).items()
        if isinstance(value, type) and issubclass(value, Shape) and value is not Shape
    }
    seen: set[tuple[str, bool]] = set()
    for name in ours.done:
        operation = service_model(service).operation_model(name)
        list(differences(operation, ours, seen))

    assert defined == {name for name, _ in seen}


def test_a_difference_is_found() -> None:
    """The comparison itself, on a structure that is wrong in every way."""
    operation = service_model("ssm").operation_model("PutParameter")
    found = list(of_structure(operation.input_shape, ssm.GetParametersByPathRequest, True, set()))

    assert {difference.aspect for difference in found} == {"members", "required"}
    aspects = {
        difference.aspect
        for ours, model in (("Name", "Tags"), ("Tier", "Name"), ("Value", "KeyId"), ("KeyId", "Value"))
        for difference in of_type(
            operation.input_shape.members[model],
            {member.name: member for member in members(ssm.PutParameterRequest)}[ours].node,
            "here",
            True,
            set(),
        )
    }
    assert aspects == {"kind", "enum", "sensitive", "minimum", "maximum", "pattern"}
